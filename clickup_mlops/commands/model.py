"""Slash commands as plain frozen values.

A `SlashCommand` such as `/priority` is one file in `slash/`. It parses its arguments and returns a
`Reply`: a text for the thread, and the `Operation`s to execute first, which features define.
Nothing here has effects.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.task_state import UNKNOWN, TaskState

ViewT = TypeVar("ViewT")

Mode = Literal["on", "shadow", "off"]
Role = Literal["guest", "member", "admin", "owner"]
ROLES: tuple[Role, ...] = ("guest", "member", "admin", "owner")
"""Each may do what those before it may."""


Subject = Literal["workload", "incident"]


def never_said(_subject: Subject) -> int:
    """Nobody has said anything."""
    return 0


def no_view(_kind: type[object]) -> object | None:
    """No feature shows anything."""
    return None


class UsageError(Exception):
    """The arguments of a command cannot be read; the message shows the usage."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command in a comment, and the state of its task. Times are Unix milliseconds."""

    comment_id: str
    user_id: int
    user: str
    role: Role
    task: Task
    at_ms: int
    """When the comment was written."""
    seen_ms: int | None = None
    """A choice that was only seen on the task is newer if the task has changed after this; None:
    that proves nothing."""
    decision: Decision | None = None
    """The latest recorded decision."""
    state: TaskState = UNKNOWN
    """The outcome of that decision, who holds the priority, which automations are muted."""
    key: str = ""
    """No other command has it: its comment, and which of its texts that is."""
    keeps_ms: int = 0
    """How long a person's priority holds if no time is given (`routing.override_duration`)."""
    automations: Mapping[str, str] = field(default_factory=dict)
    """Summary of each automation by name."""
    modes: Mapping[str, Mode] = field(default_factory=dict)
    """Whether each automation acts on this task, by name."""
    routing: frozenset[str] = frozenset()
    """The automations that apply the policy."""
    commands: Mapping[str, "SlashCommand"] = field(default_factory=dict)
    """The commands that this user may use."""
    said_ms: Callable[[Subject], int] = never_said
    """When a person last said its workload, or whether it is an incident, in whatever way."""
    command_times: Mapping[str, int] = field(default_factory=dict)
    """When the newest command about each subject was written, such as `mute:inference_first`."""
    view_of: Callable[[type[object]], object | None] = no_view
    """What a feature shows of the task, by the type of its view; None: nothing."""

    def view(self, kind: type[ViewT]) -> ViewT | None:
        """What a feature shows of the task; None: nothing, such as no incident."""
        view = self.view_of(kind)
        return view if isinstance(view, kind) else None


METRICS: Final = "metrics"
"""No automation, but its writes of measured values are muted like one."""


class Operation:
    """Something that a command does besides its answer; see `bot.handle.commands`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer, in Markdown, and the operations to execute before it is posted."""

    text: str
    operations: tuple[Operation, ...] = ()
    repeats_reason: bool = False
    """What the operations answer has the text behind the arguments already."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """`WORDS for 3d because REASON`, each part optional. `for_ms` None: no time was given."""

    words: tuple[str, ...] = ()
    for_ms: int | None = None
    because: str = ""

    @property
    def first_word(self) -> str:
        """The first word; empty: there is none."""
        return self.words[0] if self.words else ""


Takes = Callable[[Sequence[str]], int]
"""How many of the words behind a command's name are arguments, from all of them."""


def no_words(_words: Sequence[str]) -> int:
    """All of it is the reason."""
    return 0


def one_word(_words: Sequence[str]) -> int:
    """The first word is the argument."""
    return 1


def no_arguments(_arguments: Arguments) -> None:
    """For commands without arguments: what people write all the same is the reason."""


def changes(_arguments: Arguments) -> bool:
    """It does more than answer."""
    return False


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """One slash command; one file in `slash/` each, named like the command. Pure."""

    summary: str
    usage: str
    """The command with its arguments, as a person writes it."""
    role: Role
    """The minimum role, unless `[commands.allow]` says otherwise."""
    read: Callable[[Arguments], Any]
    """Checks the arguments. Raises `UsageError`."""
    answer: Callable[[Request, Any], Reply]
    """The reply. Raises `UsageError`."""
    takes: Takes = no_words
    """How many of the words behind its name are arguments; the rest is the reason."""
    has_time: bool = False
    """Whether a time such as `for 3d` may follow them."""
    only_asks: Callable[[Arguments], bool] = changes
    """Whether it only answers with these arguments, and changes nothing."""
