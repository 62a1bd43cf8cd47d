"""Plan training runs: when each of them starts, off the peak hours of inference."""
