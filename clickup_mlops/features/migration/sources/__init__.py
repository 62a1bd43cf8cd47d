"""Where a migration reads from, one module each: the folder is the list. Each defines `SOURCE`."""
