# Man pages and documents.
dist_doc_DATA += \
	doc/ARCHITECTURE.md \
	doc/THREATS.md
