"""Sources of runs: one file for each tool, with its `SOURCE` and its `RUNS`."""
