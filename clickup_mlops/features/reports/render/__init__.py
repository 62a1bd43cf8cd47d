"""Whole reports as Markdown, HTML, PDF or JSON: a file with `render(report)` for each format."""
