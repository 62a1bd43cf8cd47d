"""The report for the people who must sign off: what moved, changed, was lost, and is left. Pure."""
