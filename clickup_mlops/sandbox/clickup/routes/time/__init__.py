"""Time tracking and time estimates."""
