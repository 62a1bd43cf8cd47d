"""Text in, workload and incident with their probabilities and the words that decided out. Pure."""
