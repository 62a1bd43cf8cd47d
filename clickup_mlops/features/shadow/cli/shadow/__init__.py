"""What the bot would do, and how often people agree."""
