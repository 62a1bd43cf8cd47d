"""A command in a comment, as the slash commands see it."""

from typing import Any

from clickup_mlops.commands.dispatch import find_commands, select_allowed
from clickup_mlops.commands.model import Request, Role
from tests.automations.support import NOW_MS, task

DAY_MS = 86_400_000


def request(role: Role = "member", **more: Any) -> Request:
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
        "commands": select_allowed(find_commands(), {}, role),
    }
    return Request(**usual | more)
