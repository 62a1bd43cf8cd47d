"""Numbers into task fields: sources are scraped, readings placed on tasks, changes written."""
