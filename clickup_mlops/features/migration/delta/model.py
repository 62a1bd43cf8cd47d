"""What has changed since the run, and what is to be done about it. Values."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any


@dataclass(frozen=True, slots=True)
class About:
    """An item of the source and its task."""

    item: str
    name: str
    task: str
    url: str = ""

    @property
    def key(self) -> str:
        """The key of the task's step."""
        return f"task:{self.item}"


@dataclass(frozen=True, slots=True)
class Update:
    """A field that only the source has changed.

    `field` is a key of `fields.desired`, `before` and `after` are its values at the run and now.
    """

    about: About
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Edit:
    """An update whose text only the source has changed; `markdown` is the comment's new text."""

    about: About
    update_id: str
    comment: str
    before: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides have changed the field: its value at the run, in the source and in ClickUp now.

    `at_run` is None where it is not known any more.
    """

    about: About
    field: str
    at_run: Any
    source: Any
    clickup: Any
    key: str
    """The step's."""


@dataclass(frozen=True, slots=True)
class Gone:
    """An item or update that is not in the source any more; ClickUp keeps what was made of it."""

    kind: str
    id: str
    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Manual:
    """A change in the source that only people can carry over; `what` says what it is."""

    about: About
    what: str
    key: str
    """The step's."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A record whose change has no effect in ClickUp, or has it already.

    `key` is the step's, `source_hash` the record's new hash, `fields` have the new value there.
    """

    key: str
    source_hash: str
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class DeltaPlan:
    """All changes. `new`: records without a counterpart, by kind; `hashes`: new hash of the record
    of each changed step, by key.
    """

    new: Counter[str] = field(default_factory=Counter)
    updates: list[Update] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    manual: list[Manual] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def is_work(self) -> bool:
        """Whether there is anything to write to ClickUp."""
        return bool(self.new.total() or self.updates or self.edits)

    def open_keys(self) -> frozenset[str]:
        """The steps that people have to decide about: they are looked at again next time."""
        decisions: Iterator[Conflict | Manual] = chain(self.conflicts, self.manual)
        return frozenset(decision.key for decision in decisions)

    def by_task(self) -> Iterator[tuple[About, Mapping[str, Update]]]:
        """The updates of each task, by field."""
        grouped: dict[About, dict[str, Update]] = {}
        for update in self.updates:
            grouped.setdefault(update.about, {})[update.field] = update
        yield from grouped.items()
