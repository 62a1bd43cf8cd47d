"""Automations are TOML files: pure code decides what they want, one module performs it."""
