"""Which reading belongs to which field of which task, and which values are worth a call."""
