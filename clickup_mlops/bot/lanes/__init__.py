"""In which order events are handled, and by whom: worker, sweeper, internal events, engines."""
