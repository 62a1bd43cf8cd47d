"""List, verify and export the audit: every write of the bot to ClickUp."""
