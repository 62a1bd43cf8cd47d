"""Train the workload classifier, and count its examples."""
