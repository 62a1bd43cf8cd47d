"""Choices of load balancing, one a file: how flows are put on uplinks, and how to set it."""
