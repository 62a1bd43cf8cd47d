"""Which kind of work a task is: field > tag > list > text > the configured answer when unclear."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from clickup_mlops.routing.case import Case
from clickup_mlops.routing.decision import WORKLOADS, Workload
from clickup_mlops.routing.policy import Policy


@dataclass(frozen=True, slots=True)
class Resolved:
    """The workload, where it is from, and the sentences that say so."""

    workload: Workload
    source: str
    reasons: tuple[str, ...]


def resolve(case: Case) -> Resolved:
    """The workload of a task. The first source that knows decides."""
    return _by_field(case) or _by_tag(case) or _by_list(case) or _by_text(case) or _unclear(case)


def _found(workload: Workload, source: str, why: str, *before: str) -> Resolved:
    return Resolved(workload, source, (*before, f"workload {workload}: {why}"))


def _labels(case: Case) -> list[str]:
    """What stands in the workload field: a drop-down gives one label, a labels field several."""
    value = case.value(case.policy.workload_field)
    labels = value if isinstance(value, list | tuple) else [value]
    return [label.strip() for label in labels if isinstance(label, str) and label.strip()]


def _first(names: Sequence[str], policy: Policy) -> tuple[Workload, str] | None:
    """The workload that the names give; if they give several, the first in class order."""
    known = policy.workload_names
    given = {known[name.casefold()]: name for name in reversed(names) if name.casefold() in known}
    return next(((each, given[each]) for each in WORKLOADS if each in given), None)


def _by_field(case: Case) -> Resolved | None:
    found = _first(_labels(case), case.policy)
    if found is None:
        return None
    return _found(found[0], "field", f'field "{case.policy.workload_field}" says "{found[1]}"')


def _by_tag(case: Case) -> Resolved | None:
    found = _first(case.facts.tags, case.policy)
    return _found(found[0], "tag", f'tag "{found[1]}"', *_strange_field(case)) if found else None


def _by_list(case: Case) -> Resolved | None:
    name, facts = case.facts.list_name.casefold(), case.facts
    for pattern, workload in case.policy.lists.items():
        if pattern == facts.list_id or fnmatchcase(name, pattern.casefold()):
            why = f'List "{facts.list_name}" is bound by "{pattern}"'
            return _found(workload, "list", why, *_strange_field(case))
    return None


def _by_text(case: Case) -> Resolved | None:
    read = case.classified
    if read is None or read.abstain or read.confidence < case.policy.min_confidence:
        return None
    label = next((each for each in WORKLOADS if each == read.workload), None)
    if label is None:
        return None
    why = f"its text says so ({read.confidence:.2f})"
    return _found(label, "text", why, *_strange_field(case))


def _unclear(case: Case) -> Resolved:
    read, answer = case.classified, case.policy.unclear
    guess = (
        f"the text is unclear (best guess {read.workload}, {read.confidence:.2f})"
        if read
        else "no field, tag or List tells"
    )
    why = f"{guess}; routing.unclear is {answer}"
    return _found(answer, "default", why, *_strange_field(case))


def _strange_field(case: Case) -> tuple[str, ...]:
    """A label that is no workload is ignored, but said: somebody may wonder."""
    return tuple(
        f'field "{case.policy.workload_field}" says "{label}", which is no workload: ignored'
        for label in _labels(case)
    )
