"""ClickUp's API and nothing of ours: parsed values, field codecs, webhooks, the client."""
