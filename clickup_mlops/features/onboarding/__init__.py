"""The first week with the bot: tasks that are completed by doing, and a page with the progress."""
