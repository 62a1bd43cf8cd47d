"""What rules can do: one verb per file, named like the file, each defining `VERB`."""
