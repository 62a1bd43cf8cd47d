"""The survey: questions for each role, and what the answers say without saying who."""
