"""What pages and reports show, as plain values, and how each format shows them. Pure."""
