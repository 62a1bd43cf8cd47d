"""ClickUp's own templates: saved or described, and the copies made from them."""
