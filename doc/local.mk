# Man pages and documents.
dist_doc_DATA += \
	doc/ARCHITECTURE.md \
	doc/PROTOCOL.md \
	doc/THREATS.md
