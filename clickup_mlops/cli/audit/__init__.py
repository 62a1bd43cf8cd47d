"""Every write to ClickUp that the bot has made: look at the record, prove it, export it."""
