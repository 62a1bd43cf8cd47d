"""Tables of the first week."""
