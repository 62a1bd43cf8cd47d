"""The bot itself: wiring, intake, engines, scheduled jobs, webhooks and back-fill."""
