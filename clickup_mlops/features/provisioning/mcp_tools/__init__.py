"""Mcp tools."""
