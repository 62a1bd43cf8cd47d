"""What pages show of measured tasks and places: subjects, charts, families."""
