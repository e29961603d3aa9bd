# lanyard-pkcs11.so: the PKCS#11 module. EXTRA: a static core for the tests.
EXTRA_DIST += module/cryptoki.h
