# Fragment of tests/cli.
