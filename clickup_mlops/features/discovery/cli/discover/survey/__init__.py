"""Ask the team, by role: links for a form, or files; results without groups under five."""
