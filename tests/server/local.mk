# Fragment of tests/server.
