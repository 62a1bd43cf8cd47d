"""Every write to ClickUp that the bot has made: list, verify and export the record."""
