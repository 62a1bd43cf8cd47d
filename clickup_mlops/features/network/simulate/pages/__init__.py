"""What exporters show of a world, one exporter a file: the text of a page in Prometheus' format."""
