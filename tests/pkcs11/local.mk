# Fragment of tests/pkcs11.
