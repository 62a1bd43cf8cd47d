"""The HTTP side of the bot: webhooks in, health and metrics out."""
