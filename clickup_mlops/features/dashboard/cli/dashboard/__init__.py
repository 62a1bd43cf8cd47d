"""Let people into the dashboard, embed its views in ClickUp, and end that again."""
