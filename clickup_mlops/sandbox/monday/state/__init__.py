"""What a local Monday.com remembers, and its rules; knows nothing of HTTP and GraphQL."""
