"""Reports that are sent: when, and to where."""
