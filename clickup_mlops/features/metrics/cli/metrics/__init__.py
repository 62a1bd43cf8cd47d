"""Look at the sources of numbers: servers, GPUs, networks, experiments."""

NO_SOURCE = "No source is configured: add a table [metrics.sources.<name>]."
