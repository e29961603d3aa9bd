# Fragment of tests/fuzz.
