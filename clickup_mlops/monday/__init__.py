"""Monday.com and nothing of ours: its API, and the files that it exports."""
