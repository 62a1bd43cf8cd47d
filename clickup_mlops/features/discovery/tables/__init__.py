"""The tables of the survey."""
