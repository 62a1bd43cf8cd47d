"""What is read across tables: counts for monitoring, and what waits in the inbox."""
