"""Run a local ClickUp or Monday.com: sandboxes for tests and dry runs."""
