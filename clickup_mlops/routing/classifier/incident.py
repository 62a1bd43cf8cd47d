"""From which probability on an inference text is a live incident, or a possible one.

The model learns it as an outcome of its own, from the whole text: words, whether the problem is
current, over or hypothetical, and whom it affects. What remains to decide is what an error costs.
"""

COST_OF_MISS = 1.0
"""A missed incident costs as much as so many false alarms."""
THRESHOLD = 1 / (1 + COST_OF_MISS)
"""A live incident: it comes first."""
POSSIBLE = 0.15
"""A possible one: High, to be checked by a person."""
