"""The pages for people: what they show (`shown`), and what their forms do (`done`)."""
