"""From which probability on an inference text is a live incident, or may be one.

The model learns it as an outcome of its own, over all that it reads: words, whether the trouble is
present, over or wished away, and whom it hits. What is left to decide is what an error costs.
"""

THRESHOLD = 0.35
"""A live incident: goes before everything."""
POSSIBLE = 0.15
"""Perhaps one: High, so that somebody looks."""
