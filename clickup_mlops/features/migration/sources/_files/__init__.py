"""What all sources that read files share: reading, types from values, and the source itself."""
