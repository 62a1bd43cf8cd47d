"""What the demonstration shows of metrics: a scene, and the past of some services."""
