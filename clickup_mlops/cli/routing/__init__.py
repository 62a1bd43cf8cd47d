"""Try, measure and teach the workload classifier."""
