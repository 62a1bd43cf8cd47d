"""The wiki: a page in ClickUp Docs for each model, in which the bot keeps blocks up to date."""
