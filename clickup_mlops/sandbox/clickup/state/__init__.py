"""The state of the pretended ClickUp: plain records and functions; knows nothing of HTTP."""
