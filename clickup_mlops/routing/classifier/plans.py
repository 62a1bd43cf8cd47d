"""Titles that name a piece of work: `Rollout of chat-70b 3.2 to EU customers`. Pure.

Words are told by their kind, and a plan is a sequence of kinds: what is done, to what, for whom.
Whatever has another verb, which no list can hold, has a word too many: `Rollout of chat-70b broke
the chat` may be an incident.
"""

import re
from typing import Final

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
_PLAN: Final = re.compile(r"(?:i*[qxn]*t+|i+q*w?[xnq]*)(?:[op]q*w?[xnq]*)*")
"""`x` is a name of a model, version, region or number, `w` any other word."""


def is_piece_of_work(title: str) -> bool:
    """Whether the title says what is to be done, and nothing else."""
    return bool(_PLAN.fullmatch("".join(map(_to_kind, title.split()))))


def _to_kind(word: str) -> str:
    return _LETTERS.get(word.lower()) or ("x" if _NAME.fullmatch(word) else "w")
