"""Webhooks that automations send."""
