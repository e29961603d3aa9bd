# Fragment of tests/lint.
