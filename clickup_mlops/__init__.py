"""clickup-mlops: the bot that AI/ML teams run beside ClickUp."""

__version__ = "0.1.0"
