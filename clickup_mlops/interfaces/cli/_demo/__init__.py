"""The demonstration: sandbox, bot and a scripted team, live in one process. Nothing is faked."""
