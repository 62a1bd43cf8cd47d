"""From which probability on an inference text is a live incident, or a possible one.

The model learns it as an outcome of its own, from the whole text: words, whether the problem is
current, over or hypothetical, and whom it affects. What remains to decide is what an error costs.
"""

import re
from collections.abc import Iterable
from typing import Final

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
_KINDS: Final = {
    "task": """
        rollout roll-out deployment redeployment launch go-live migration upgrade promotion canary
        einführung bereitstellung despliegue déploiement implantação release
    """,
    "instruction": """
        deploy redeploy roll out ship promote enable activate increase ramp move migrate launch
        prepare plan schedule desplegar déployer implantar ausrollen
    """,
    "object": "of von de du do da del des der",
    "preposition": """
        to for in into on onto at from across behind before until für an auf bei in zu para por en a
        pour chez vers à em
    """,
    "quality": """
        the a an our all new next first remaining existing staged gradual final
        enterprise paying internal external pilot beta free eu us global weekly latest shadow
    """,
    "noun": """
        model models version customers customer users user tenants clients teams team region regions
        production prod staging fleet traffic percent endpoint kunden nutzer clientes usuarios
        utilisateurs
    """,
}
_LETTERS: Final = {
    word: letter
    for letter, kind in zip("tiopqn", _KINDS, strict=True)
    for word in _KINDS[kind].split()
}
"""The kind of each word; of a word in two kinds the later one."""
_NAME: Final = re.compile(r"[\w.+/-]*\d[\w.+/%-]*|\w+-\w[\w-]*|[A-Z]{2,5}\b(?:-\w+)?|%")
_PIECE_OF_WORK: Final = re.compile(
    r"(?:i*[qxn]*t+|i+[qxn]+)(?:[op]q*(?:[wxn][xnq]*)?)*"  # no part can match in two ways
)
"""`x` is a name of a model, version, region or number, `w` any other word. An instruction has its
object behind it at once: an increase *of refusals* is none.
"""


def is_plan(title: str, concepts: Iterable[str], live: float) -> bool:
    """Whether a text that may report an incident, with this probability, tells somebody to deploy
    something, and no concept of it is of trouble: nobody has to be asked about it.
    """
    begins_so = live < THRESHOLD and _PLAN.match(title)
    return _TROUBLE.isdisjoint(concepts) and bool(begins_so or _is_piece_of_work(title))


def _is_piece_of_work(title: str) -> bool:
    """Whether the title says what is to be done, to what and for whom, and nothing else: another
    verb, which no list can hold, is a word too many. `Rollout of chat-70b broke the chat` may be
    an incident.
    """
    return bool(_PIECE_OF_WORK.fullmatch("".join(map(_to_kind, title.split()))))


def _to_kind(word: str) -> str:
    return _LETTERS.get(word.lower()) or ("x" if _NAME.fullmatch(word) else "w")
