"""What automations can do: one action per file, named like the file, each defining `ACTION`."""
