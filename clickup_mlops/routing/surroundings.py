"""What stands around a task's text: its place, its people, its status, its neighbours. Pure.

The text gives a probability for each workload. Each sign around it multiplies the odds by how much
more frequent a workload is there than elsewhere. Counts come from tasks whose workload people have
set in this workspace, and begin with a prior, so that a few corrections move little.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, log
from typing import TYPE_CHECKING, Final, Protocol

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import WORKLOADS

if TYPE_CHECKING:
    from clickup_mlops.routing.classifier.classify import Classification

Shares = Mapping[str, float]
"""Workload -> share; they add up to 1."""
Counts = Mapping[str, Mapping[str, float]]
"""Key of a place or a person -> workload -> tasks whose workload people have set."""

PRIOR: Final = 10.0
"""So many tasks of a List must be counted to weigh as much as what is known without them."""
_NAME_COUNTS: Final = 5.0
"""A name that tells a workload weighs like so many tasks."""
_NAME_TELLS_FROM: Final = 0.7
_DECIDES: Final = 0.5
"""Where the text is unclear, they must speak for one workload more than for all others."""
_WEIGHTS: Final = {
    "place": 1.0,
    "author": 0.7,
    "assignee": 0.5,
    "status": 0.5,
    "parent": 1.0,
    "link": 0.7,
}
"""How much of the odds that a sign gives counts: signs repeat each other."""
_NEIGHBOUR_COUNTS: Final = 20.0
_MOST_LINKS: Final = 3
_ENOUGH: Final = 0.9
"""A text that is so sure needs no help from names alone."""
_TELLING: Final = 0.05
"""A change of probability that `why` mentions."""


_SURE: Final = 0.97
"""A text that is so sure is not worth a look at the parent and at linked tasks."""


class Reads(Protocol):
    """Tells the workload of a name."""

    def classify(self, title: str, body: str) -> "Classification":
        """The result for one text."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A classification with what stands around the text, and the signs that moved it, in words."""

    result: "Classification"
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a workspace has taught about its places and people."""

    counts: Counts = field(default_factory=dict)
    names: Reads | None = None
    workload_of: Callable[[str], str] | None = None
    """The workload of a task by its id, as it was decided last; empty if it never was."""

    def weigh(self, task: Task, read: "Classification", templates: Sequence[str] = ()) -> Weighed:
        """The classification of a task's text, moved by what stands around it. `templates`: names
        of those that made its Folder. Raises StoreUnavailable.
        """
        signs = [self._read_place(task, templates)]
        for kind, key, name in _list_traits(task):
            counts = self.counts.get(f"{kind}:{key}", {})
            shares, total = _mix(_EVEN, counts), sum(counts.values())
            signs.append(Sign(kind, f"{kind} {name}".strip(), shares, total))
        if read.confidence < _SURE:
            signs += self._look_at_neighbours(task)
        if not any(sign.count for sign in signs) and read.confidence >= _ENOUGH:
            return Weighed(read)
        result = _shift(read, signs)
        moved = abs(result.scores[read.workload] - read.scores[read.workload]) >= _TELLING
        told = tuple(text for sign in signs if (text := sign.describe()))
        return Weighed(_keep_text_scores(read, result), told if moved else ())

    def _look_at_neighbours(self, task: Task) -> Iterator["Sign"]:
        """The parent, and the first tasks that it is linked to, waits for or blocks."""
        if self.workload_of is None:
            return
        linked = dict.fromkeys((*task.links, *task.depends_on, *task.blocks))
        neighbours = [("parent", task.parent_id, "the parent task")] if task.parent_id else []
        neighbours += [("link", task_id, "a linked task") for task_id in [*linked][:_MOST_LINKS]]
        for kind, task_id, name in neighbours:
            if workload := self.workload_of(task_id):
                shares = _mix(_EVEN, {workload: _NEIGHBOUR_COUNTS})
                yield Sign(kind, name, shares, _NEIGHBOUR_COUNTS)

    def _read_place(self, task: Task, templates: Sequence[str]) -> "Sign":
        """The List; where it has few tasks its Folder counts, then the Space, then its template."""
        shares, total = _EVEN, 0.0
        for template in templates:
            shares = _mix(shares, self._read_name(template.replace("_", " ")))
        for kind, key, name in _list_places(task):
            counts = self.counts.get(f"{kind}:{key}", {})
            shares = _mix(_mix(shares, self._read_name(name)), counts)
            total += sum(counts.values())
        return Sign("place", f'List "{task.list_name}"', shares, total)

    def _read_name(self, name: str) -> Mapping[str, float]:
        if self.names is None or not name:
            return {}
        read = self.names.classify(name, "")
        # "Backlog", "Triage" and "Team" are nobody's workload: what is in there may be any.
        tells = read.confidence >= _NAME_TELLS_FROM and read.workload != "other"
        return {read.workload: _NAME_COUNTS} if tells else {}


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing around a task; `count`: tasks that it was learned from."""

    kind: str
    name: str
    shares: Shares
    count: float

    def describe(self) -> str:
        """In words, if it says something."""
        best = max(self.shares, key=lambda workload: (self.shares[workload], workload))
        if self.shares[best] <= 2 * _EVEN[best]:
            return ""
        source = f", {self.count:g} tasks" if self.count and self.kind not in _NEIGHBOURS else ""
        return f"{self.name} is {best} ({self.shares[best]:.0%}{source})"


_COMMON_STATUSES: Final = ("open", "done", "closed")
"""Types of statuses in which every List has tasks; those between are a way of working."""
_NEIGHBOURS: Final = ("parent", "link")
_EVEN: Final[Shares] = dict.fromkeys(WORKLOADS, 1 / len(WORKLOADS))


def count_task(counts: dict[str, dict[str, float]], task: Task, workload: str) -> None:
    """Add a task of a known workload to what is learned."""
    for kind, key in _list_keys(task):
        by_workload = counts.setdefault(f"{kind}:{key}", {})
        by_workload[workload] = by_workload.get(workload, 0.0) + 1.0


def _list_places(task: Task) -> Iterator[tuple[str, str, str]]:
    """Kind, id and name, the widest first."""
    if task.space_id:
        yield "space", task.space_id, ""
    if task.folder_id:
        yield "folder", task.folder_id, task.folder_name
    if task.list_id:
        yield "list", task.list_id, task.list_name


def _list_keys(task: Task) -> Iterator[tuple[str, object]]:
    for kind, key, _ in (*_list_places(task), *_list_traits(task)):
        yield kind, key


def _list_traits(task: Task) -> Iterator[tuple[str, object, str]]:
    """Kind, key and name of what else a task has."""
    if task.creator is not None:
        yield "author", task.creator.id, task.creator.username
    for person in task.assignees[:1]:
        yield "assignee", person.id, person.username
    if task.status.name and task.status.kind not in _COMMON_STATUSES:
        yield "status", task.status.name.casefold(), f'"{task.status.name}"'


def _mix(prior: Shares, counts: Mapping[str, float]) -> Shares:
    total = sum(counts.values()) + PRIOR
    return {name: (counts.get(name, 0.0) + PRIOR * share) / total for name, share in prior.items()}


def _shift(read: "Classification", signs: Iterable[Sign]) -> "Classification":
    scores = {name: log(max(score, 1e-4)) for name, score in read.scores.items()}
    for sign in signs:
        for name, share in sign.shares.items():
            scores[name] += _WEIGHTS[sign.kind] * log(share / _EVEN[name])
    top = max(scores.values())
    odds = {name: exp(score - top) for name, score in scores.items()}
    total = sum(odds.values())
    return _rank(read, {name: value / total for name, value in odds.items()})


def _rank(read: "Classification", scores: Mapping[str, float]) -> "Classification":
    best, second = sorted(WORKLOADS, key=lambda name: -scores[name])[:2]
    share = scores["inference"] / max(read.scores["inference"], 1e-4)
    live = min(scores["inference"], read.incident_confidence * share)
    return replace(
        read,
        workload=best,
        runner_up=second,
        confidence=round(scores[best], 4),
        abstain=read.abstain and scores[best] < _DECIDES,
        incident_confidence=round(live, 4),
        scores=scores,
    )


def _keep_text_scores(read: "Classification", result: "Classification") -> "Classification":
    return replace(result, scores=read.scores)


def from_json(data: object) -> Counts:
    """The counts as they are kept; what has another form counts as nothing."""
    if not isinstance(data, Mapping):
        return {}
    return {str(key): value for key, value in data.items() if _is_counts(value)}


def _is_counts(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        name in WORKLOADS and isinstance(count, int | float) and count >= 0
        for name, count in value.items()
    )
