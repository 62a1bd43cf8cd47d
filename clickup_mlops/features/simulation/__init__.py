"""What automations and policies would do, on recorded events or made-up tasks; writes nothing."""
