# Fragment of tests/bench.
