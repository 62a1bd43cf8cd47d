"""Where events come from: ClickUp's webhook, back-fill, other tools, schedules and jobs."""
