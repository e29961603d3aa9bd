# Templates that are installed: configuration, registration, units, examples.
config_templates = \
	config/lanyard-remote.module.in \
	config/lanyard-sync.service.in \
	config/lanyard-token@.service.in \
	config/lanyard.conf.in \
	config/lanyard.module.in \
	config/lanyardd.conf.in \
	config/lanyardd.service.in \
	config/openssl.cnf.in \
	config/policies.json.in
config_made = $(config_templates:.in=)
EXTRA_DIST += $(config_templates)
CLEANFILES += $(config_made)

examplesdir = $(docdir)/examples
lanyardconfdir = $(sysconfdir)/lanyard
sysusersdir = $(prefix)/lib/sysusers.d

nodist_p11config_DATA = config/lanyard.module
nodist_systemdsystemunit_DATA = config/lanyardd.service
nodist_systemduserunit_DATA = \
	config/lanyard-sync.service \
	config/lanyard-token@.service
dist_systemduserunit_DATA = \
	config/lanyard-sync.timer \
	config/lanyard-token.socket
dist_sysusers_DATA = config/sysusers.d/lanyard.conf
nodist_examples_DATA = \
	config/lanyard-remote.module \
	config/lanyardd.conf \
	config/openssl.cnf \
	config/policies.json

all-local: $(config_made)
$(config_made): $(config_templates) Makefile
	$(AM_V_GEN)$(MKDIR_P) config && $(SED) \
		-e 's|@bindir[@]|$(bindir)|g' \
		-e 's|@sbindir[@]|$(sbindir)|g' \
		-e 's|@examplesdir[@]|$(examplesdir)|g' \
		-e 's|@p11moduledir[@]|$(p11moduledir)|g' \
		'$(srcdir)/$@.in' >$@.part && mv $@.part $@

# An administrator's lanyard.conf is kept when a newer one is installed, and
# removed only when it is still ours.
install-data-local: config/lanyard.conf
	$(MKDIR_P) '$(DESTDIR)$(lanyardconfdir)'
	test -e '$(DESTDIR)$(lanyardconfdir)/lanyard.conf' || \
		$(INSTALL_DATA) config/lanyard.conf \
			'$(DESTDIR)$(lanyardconfdir)/lanyard.conf'
uninstall-local: config/lanyard.conf
	if cmp -s config/lanyard.conf \
	    '$(DESTDIR)$(lanyardconfdir)/lanyard.conf'; then \
		rm -f '$(DESTDIR)$(lanyardconfdir)/lanyard.conf'; \
	fi
