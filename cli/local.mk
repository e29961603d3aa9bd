# lanyard: the user's tool. Its objects are a library as well, for the tests.
noinst_LTLIBRARIES += libly-cli.la
libly_cli_la_SOURCES = \
	cli/args.c cli/args.h \
	cli/ask.c cli/ask.h \
	cli/block.c cli/block.h \
	cli/cli.c cli/cli.h \
	cli/cmd_device.c \
	cli/cmd_doctor.c \
	cli/cmd_enroll.c \
	cli/cmd_import.c \
	cli/cmd_keys.c \
	cli/cmd_logout.c \
	cli/cmd_register.c \
	cli/cmd_status.c \
	cli/cmd_sync.c \
	cli/doctor.h \
	cli/doctor_account.c \
	cli/doctor_bundle.c \
	cli/doctor_clients.c \
	cli/doctor_conf.c \
	cli/doctor_files.c \
	cli/doctor_module.c \
	cli/doctor_p11.c cli/doctor_p11.h \
	cli/doctor_replay.c cli/doctor_replay.h \
	cli/doctor_replay_clients.c \
	cli/doctor_replay_impl.h \
	cli/doctor_replay_ops.c \
	cli/doctor_service.c \
	cli/enroll.h \
	cli/enroll_keys.c \
	cli/enroll_trust.c \
	cli/json.c cli/json.h \
	cli/nssdb.c cli/nssdb.h \
	cli/profiles.c cli/profiles.h \
	cli/redact.c cli/redact.h \
	cli/reg_nss.c \
	cli/reg_policies.c \
	cli/reg_text.c \
	cli/register.h \
	cli/report.c cli/report.h \
	cli/status.c cli/status.h \
	cli/table.c cli/table.h
libly_cli_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/cli \
	-DLY_MODULE_PATH='"$(p11moduledir)/lanyard-pkcs11.so"' \
	-DLY_P11_CONFIG_DIR='"$(p11configdir)"'
libly_cli_la_LIBADD = libly-client.la

bin_PROGRAMS += cli/lanyard
cli_lanyard_SOURCES = cli/main.c
cli_lanyard_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/cli
cli_lanyard_LDADD = libly-cli.la
