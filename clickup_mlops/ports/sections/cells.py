"""Cells that several sections show in the same way: tasks, people, priorities. Pure."""

from math import ceil, log10
from typing import Final
from urllib.parse import urlencode

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import HIGH, URGENT, format_priority
from clickup_mlops.views.model import Badge, Cell, Link, Tone

_TONES: Final[dict[int | None, Tone]] = {URGENT: "bad", HIGH: "warning"}
_LONGEST: Final = 300
"""Characters of a text that a cell shows."""
_ALMOST_ALL: Final = 99.0
_ALL: Final = 100.0
"""Percentages."""
_MOST_DIGITS: Final = 6


def task_link(task_id: str, task: Task | None = None, otherwise: str = "") -> Link:
    """Leads to the task in ClickUp; `otherwise` names it if it is not known any more, or its id."""
    url = task.url if task is not None and task.url.startswith("https://") else ""
    name = short(task.name if task is not None else otherwise)
    return Link(name or task_id, url or f"https://app.clickup.com/t/{task_id}")


def automation_link(name: str, text: str = "") -> Cell:
    """Leads to what an author of changes did: an automation, or a part of the bot."""
    if not name:
        return None
    return Link(short(text or name), f"/automations?{urlencode({'target': name})}")


def priority(number: int | None) -> Badge:
    """A priority as ClickUp calls it."""
    return Badge(format_priority(number), _TONES.get(number, "plain"))


def owners(task: Task | None) -> Cell:
    """Who is assigned."""
    if task is None:
        return None
    names = ", ".join(short(user.username or user.email or str(user.id)) for user in task.assignees)
    return names or Badge("unassigned", "warning")


def short(text: str) -> str:
    """In one line, and not without end."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def unmarked(text: str) -> str:
    """The bot's own reasons are Markdown, for comments; a cell shows the plain text."""
    return text.replace("`", "")


def https(text: str) -> Cell:
    """A link if that is an https address, else the text; None if there is none."""
    return Link(short(text), text) if text.startswith("https://") else short(text) or None


def digits(value: float | None, unit: str = "") -> int:
    """Digits after the point by which a number shows three that say something. A percentage that is
    almost 100 is not rounded to 100: an availability of 99.97% is none of 100%.
    """
    size = abs(value or 0)
    if unit == "%" and _ALMOST_ALL < size < _ALL:
        return min(ceil(-log10(_ALL - size)), _MOST_DIGITS)
    return 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2 if size >= 1 else 3
