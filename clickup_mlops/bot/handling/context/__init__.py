"""What a decision may look at: the task, its surroundings, people and Lists by name."""
