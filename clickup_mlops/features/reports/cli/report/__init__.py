"""Reports: build, send, and see when they are sent."""
