"""The database itself: engine, prepared statements, group commit, and what its errors mean."""
