"""A section of the page "Automations"."""
