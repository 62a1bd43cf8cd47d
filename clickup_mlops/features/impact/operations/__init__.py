"""What the commands and other interfaces call."""
