"""Which symptoms hold for measured numbers, and how the advice reads."""
