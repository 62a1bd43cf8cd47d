"""The form of the survey."""
