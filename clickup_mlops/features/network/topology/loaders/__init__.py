"""Kinds of descriptions of a topology, one file each."""
