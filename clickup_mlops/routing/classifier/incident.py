"""From which probability on an inference text is a live incident, or a possible one.

The model learns it as an outcome of its own, from the whole text: words, whether the problem is
current, over or hypothetical, and whom it affects. What remains to decide is what an error costs.
"""

import re
from collections.abc import Iterable
from typing import Final

from clickup_mlops.routing.classifier.plans import is_piece_of_work

COST_OF_MISS = 1.0
"""A missed incident costs as much as so many false alarms."""
THRESHOLD = 1 / (1 + COST_OF_MISS)
"""A live incident: it comes first."""
POSSIBLE = 0.15
"""A possible one: High, to be checked by a person."""
_PLAN: Final = re.compile(
    r"\W*(?:(?:(?:re)?deploy|roll[ -]?out|ship|promote|desplegar|d[eé]ployer|implantar|ausrollen)"
    r"(?!\w|\s+(?:at|by|in|is|of|to|was)\b)|(?:deployment|roll-?out|canary)\s*:)",
    re.IGNORECASE,
)
_TROUBLE: Final = frozenset(
    {"handling", "latency", "let_down", "live_now", "notice", "server_error", "trouble"}
)


def is_plan(title: str, concepts: Iterable[str], live: float) -> bool:
    """Whether a text that may report an incident, with this probability, tells somebody to deploy
    something, and no concept of it is of trouble: nobody has to be asked about it.
    """
    begins_so = live < THRESHOLD and _PLAN.match(title)
    return _TROUBLE.isdisjoint(concepts) and bool(begins_so or is_piece_of_work(title))
