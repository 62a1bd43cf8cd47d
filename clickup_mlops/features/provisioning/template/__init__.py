"""Template files in, the desired tree out: the language, layers, parameters, checks."""
