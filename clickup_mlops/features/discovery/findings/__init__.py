"""Kinds of bottlenecks, a file each that defines `FINDING`."""
