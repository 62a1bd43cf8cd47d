"""What the dashboard's pages show, as values: no HTML, no request."""
