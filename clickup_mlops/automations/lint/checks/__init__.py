"""What `rules lint` looks for: each module here defines a `CHECK`."""
