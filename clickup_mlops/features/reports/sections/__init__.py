"""The sections of reports: a file each, with its `SECTION`."""
