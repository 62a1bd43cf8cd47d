"""Slash commands as plain frozen values.

A `Word` such as `/priority` is one file in `words/`. It reads its arguments and gives a `Reply`: a
text for the thread, and the `Deed`s that make it true. Nothing here acts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import Decision, Workload
from clickup_mlops.routing.standing import UNKNOWN, Standing

Mode = Literal["on", "shadow", "off"]
Role = Literal["guest", "member", "admin", "owner"]
ROLES: tuple[Role, ...] = ("guest", "member", "admin", "owner")
"""Each may do what those before it may."""


class Misused(Exception):
    """The arguments of a command cannot be read; the message says how it is written."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command in a comment, and what is known about its task. Times are Unix milliseconds."""

    comment_id: str
    user_id: int
    user: str
    role: Role
    task: Task
    at_ms: int
    """When the comment was written."""
    decision: Decision | None = None
    """The newest that is recorded."""
    standing: Standing = UNKNOWN
    """How the task stands: what became of that decision, who holds the priority, who is muted."""
    keeps_ms: int = 0
    """How long a person's priority holds if no time is given (`routing.person_keeps`)."""
    automations: Mapping[str, str] = field(default_factory=dict)
    """Summary of each automation by name."""
    modes: Mapping[str, Mode] = field(default_factory=dict)
    """Whether each automation acts on this task, by name."""
    routing: frozenset[str] = frozenset()
    """The automations that give tasks the priority that the policy wants."""
    words: Mapping[str, "Word"] = field(default_factory=dict)
    """The commands that this user may use."""


@dataclass(frozen=True, slots=True)
class Keep:
    """The task has this priority until then, whatever the policy says."""

    priority: int | None
    until_ms: int
    because: str


@dataclass(frozen=True, slots=True)
class Release:
    """The policy decides again, at once."""


@dataclass(frozen=True, slots=True)
class Call:
    """The task is this kind of work: written to the task, and kept for `routing learn`."""

    workload: Workload


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back a change of the bot on this task; the last one if no number is given."""

    change: int | None


@dataclass(frozen=True, slots=True)
class Mute:
    """The automation leaves this task alone until then; `until_ms` 0 ends it."""

    automation: str
    until_ms: int
    because: str = ""


Deed = Keep | Release | Call | Undo | Mute


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer, in Markdown, and what to do before."""

    text: str
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """One slash command; one file in `words/` each, whose name is the word. Pure."""

    summary: str
    usage: str
    """The arguments, as a person would write them."""
    role: Role
    """The least role that may use it, unless `[commands.allow]` says otherwise."""
    read: Callable[[str], Any]
    """The arguments as a value. Raises `Misused`."""
    answer: Callable[[Asked, Any], Reply]
    """What comes of it. Raises `Misused`."""
