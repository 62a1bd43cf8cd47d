"""The pages: a folder each, with its `PAGE`, and a file for each section, with its `SECTION`."""
