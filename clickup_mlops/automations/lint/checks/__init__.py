"""What `automations lint` looks for: each module here defines a `CHECK`."""
