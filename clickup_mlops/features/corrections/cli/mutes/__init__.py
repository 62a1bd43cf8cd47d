"""List or end mutes: automations that leave a task alone for a while."""
