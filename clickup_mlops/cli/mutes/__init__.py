"""Automations that leave a task alone for a while: list mutes, or end them."""
