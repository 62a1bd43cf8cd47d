"""Learn how a team works before a move: bottlenecks, tools, communication. Writes nothing there."""
