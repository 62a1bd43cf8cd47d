"""ClickUp: requests in, answers and webhooks out. State knows no HTTP, routes hold no logic."""
