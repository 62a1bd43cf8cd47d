"""Tracked time, the labels on it, and estimates of single people."""
