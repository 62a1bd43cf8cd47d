"""How records look on the wire: exactly the keys, types and quirks of ClickUp's answers."""
