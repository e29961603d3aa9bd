# Man pages and documents.
dist_doc_DATA += \
	doc/ARCHITECTURE.md \
	doc/CLIENTS.md \
	doc/CONTRACT.md \
	doc/PROTOCOL.md \
	doc/THREATS.md
clientsdir = $(docdir)/clients
dist_clients_DATA = \
	doc/clients/evolution.md \
	doc/clients/firefox.md \
	doc/clients/gnutls.md \
	doc/clients/gpgsm.md \
	doc/clients/java.md \
	doc/clients/nss.md \
	doc/clients/openssh.md \
	doc/clients/openssl.md \
	doc/clients/outlook.md \
	doc/clients/p11-kit.md \
	doc/clients/thunderbird.md
dist_man_MANS += \
	doc/lanyard.1 \
	doc/lanyard.conf.5 \
	doc/lanyardd.8 \
	doc/lanyardd.conf.5
