"""`automations lint`: automations that cannot act, repeat each other or name what nobody has."""
