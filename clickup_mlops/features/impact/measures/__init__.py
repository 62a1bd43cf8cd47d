"""Measures, a file each that defines `MEASURE`."""
