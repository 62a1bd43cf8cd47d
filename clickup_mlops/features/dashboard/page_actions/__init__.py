"""What buttons do: a file each, with its `ACTION`."""
