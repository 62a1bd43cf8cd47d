"""What must be remembered, on SQLite or PostgreSQL with one schema."""
