"""What a decision may look at: the task and what is around it, people and Lists by name."""
