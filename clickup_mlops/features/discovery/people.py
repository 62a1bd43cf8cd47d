"""Roles, by the work that people have to do with, and how the team answers. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.features.discovery.findings.slow_first_answer import first_answer_ms
from clickup_mlops.features.discovery.findings.unanswered_questions import answered_questions
from clickup_mlops.features.discovery.model import Reading, Trace
from clickup_mlops.features.discovery.privacy import find_shown
from clickup_mlops.flow.spread import Spread, compute_spread

_ROLES: Final = {
    "inference": "MLOps",
    "training": "data science",
    "data": "data engineering",
    "infra": "infrastructure",
}
_MIXED: Final = "several kinds of work"
_LEAST_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Role:
    """People whose tasks are mostly of one workload, and how many tasks that were. `names` only
    where they were asked for; `people` None: too few to be told.
    """

    name: str
    people: int | None
    tasks: int | None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Communication:
    """How long first answers took, how many questions there were and how many got no answer within
    a week, and in how many tasks decisions stand in comments alone.
    """

    first_answers: Spread | None
    questions: int
    unanswered: int
    decisions: int
    unrecorded: int


def find_roles(reading: Reading, *, with_names: bool) -> list[Role]:
    """By the name of the role; people count where most of their tasks are."""
    work: dict[str, Counter[str]] = {}
    for trace in reading.traces:
        for person in trace.people:
            work.setdefault(person, Counter())[trace.workload] += 1
    members: dict[str, list[str]] = {}
    for person, counts in work.items():
        members.setdefault(_role(counts), []).append(person)
    shown = find_shown({role: len(people) for role, people in members.items()})
    tasks = {role: sum(work[person].total() for person in members[role]) for role in members}
    return [
        _build_role(role, members[role], tasks[role], reading.names)
        if with_names
        else _hidden_role(role, members[role], tasks[role], role in shown)
        for role in sorted(members)
    ]


def _role(counts: Counter[str]) -> str:
    workload, count = counts.most_common(1)[0]
    is_clear = count > _LEAST_SHARE * counts.total() and workload in _ROLES
    return _ROLES[workload] if is_clear else _MIXED


def _build_role(role: str, people: Iterable[str], tasks: int, names: Mapping[str, str]) -> Role:
    shown_names = tuple(sorted(names.get(person, person) for person in people))
    return Role(role, len(shown_names), tasks, shown_names)


def _hidden_role(role: str, people: Sequence[str], tasks: int, is_shown: bool) -> Role:
    return Role(role, len(people), tasks) if is_shown else Role(role, None, None)


def measure_communication(traces: Sequence[Trace], now_ms: int) -> Communication:
    """Of all places together."""
    first_ms = [ms for trace in traces if (ms := first_answer_ms(trace)) is not None]
    answers = [answered for trace in traces for answered in answered_questions(trace, now_ms)]
    decided = [trace for trace in traces if any(remark.is_decision for remark in trace.remarks)]
    return Communication(
        compute_spread(first_ms),
        len(answers),
        answers.count(False),
        len(decided),
        sum(not trace.is_recorded for trace in decided),
    )
