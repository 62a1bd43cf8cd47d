"""What a feature adds to the bot's HTTP server."""
