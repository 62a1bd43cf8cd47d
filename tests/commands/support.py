"""A command in a comment, as the words see it."""

from typing import Any

from clickup_mlops.commands.answering import allowed, find_words
from clickup_mlops.commands.model import Asked, Role
from tests.automations.support import NOW_MS, task

DAY_MS = 86_400_000


def asked(role: Role = "member", **more: Any) -> Asked:
    """Ana asks about an open task of normal priority."""
    usual = {
        "comment_id": "c1",
        "user_id": 7,
        "user": "Ana",
        "role": role,
        "task": task(priority={"id": "3", "priority": "normal"}),
        "at_ms": NOW_MS,
        "keeps_ms": 7 * DAY_MS,
        "automations": {"inference_first": "Inference goes first."},
        "modes": {"inference_first": "on"},
        "routing": frozenset({"inference_first"}),
        "words": allowed(find_words(), {}, role),
    }
    return Asked(**usual | more)
