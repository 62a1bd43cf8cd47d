"""The pages for people: what they show (`content`), and what their forms do (`forms`)."""
