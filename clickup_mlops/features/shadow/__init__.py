"""Shadow mode that people see: what the bot would do, their answers, and Lists that go live."""
