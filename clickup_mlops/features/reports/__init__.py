"""Reports: sections of what happened in a period, built from the store alone. Pure but for that."""
