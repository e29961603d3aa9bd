# Man pages and documents.
dist_doc_DATA += \
	doc/ARCHITECTURE.md \
	doc/CONTRACT.md \
	doc/PROTOCOL.md \
	doc/THREATS.md
dist_man_MANS += \
	doc/lanyard.1 \
	doc/lanyard.conf.5 \
	doc/lanyardd.8 \
	doc/lanyardd.conf.5
