"""Look at the sources of numbers: servers, GPUs, networks, experiments."""
