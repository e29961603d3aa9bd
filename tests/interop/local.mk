# Fragment of tests/interop.
