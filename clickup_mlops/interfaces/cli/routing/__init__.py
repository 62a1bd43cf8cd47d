"""Try, measure and train the workload classifier."""
