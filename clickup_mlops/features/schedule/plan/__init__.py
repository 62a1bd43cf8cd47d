"""When runs start: pure functions from runs, pools and windows to a plan."""
