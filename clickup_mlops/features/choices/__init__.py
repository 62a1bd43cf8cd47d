"""Modes and parameters of automations that people change while the bot runs."""
