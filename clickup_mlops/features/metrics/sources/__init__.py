"""Kinds of sources, one module each: the folder is the list. Each defines `SOURCE`."""
