"""The workload of a task: field > tag > List > text > the configured default."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from clickup_mlops.routing.decision import WORKLOADS, Workload
from clickup_mlops.routing.inputs import Inputs
from clickup_mlops.routing.policy import Policy


@dataclass(frozen=True, slots=True)
class Resolution:
    """The workload, its source, and the reasons."""

    workload: Workload
    source: str
    reasons: tuple[str, ...]


def resolve(inputs: Inputs) -> Resolution:
    """The workload of a task. The first source with an answer decides."""
    return (
        _by_field(inputs)
        or _by_tag(inputs)
        or _by_list(inputs)
        or _by_text(inputs)
        or _unclear(inputs)
    )


def _found(workload: Workload, source: str, why: str, *before: str) -> Resolution:
    return Resolution(workload, source, (*before, f"workload {workload}: {why}"))


def _labels(inputs: Inputs) -> list[str]:
    """Labels in the workload field: a drop-down gives one label, a labels field several."""
    value = inputs.value(inputs.policy.workload_field)
    labels = value if isinstance(value, list | tuple) else [value]
    return [label.strip() for label in labels if isinstance(label, str) and label.strip()]


def _first(names: Sequence[str], policy: Policy) -> tuple[Workload, str] | None:
    """The workload that the names give; if they give several, the first in class order."""
    known = policy.workload_names
    given = {known[name.casefold()]: name for name in reversed(names) if name.casefold() in known}
    return next(((each, given[each]) for each in WORKLOADS if each in given), None)


def _by_field(inputs: Inputs) -> Resolution | None:
    found = _first(_labels(inputs), inputs.policy)
    if found is None:
        return None
    return _found(found[0], "field", f'field "{inputs.policy.workload_field}" says "{found[1]}"')


def _by_tag(inputs: Inputs) -> Resolution | None:
    found = _first(inputs.facts.tags, inputs.policy)
    return _found(found[0], "tag", f'tag "{found[1]}"', *_unknown_label(inputs)) if found else None


def _by_list(inputs: Inputs) -> Resolution | None:
    name, facts = inputs.facts.list_name.casefold(), inputs.facts
    for pattern, workload in inputs.policy.lists.items():
        if pattern == facts.list_id or fnmatchcase(name, pattern.casefold()):
            why = f'List "{facts.list_name}" is bound by "{pattern}"'
            return _found(workload, "list", why, *_unknown_label(inputs))
    return None


def _by_text(inputs: Inputs) -> Resolution | None:
    read = inputs.classified
    if read is None or read.abstain or read.confidence < inputs.policy.min_confidence:
        return None
    label = next((each for each in WORKLOADS if each == read.workload), None)
    if label is None:
        return None
    why = f"classified by its text ({read.confidence:.2f})"
    return _found(label, "text", why, *_unknown_label(inputs))


def _unclear(inputs: Inputs) -> Resolution:
    read, answer = inputs.classified, inputs.policy.unclear
    guess = (
        f"the text is unclear (best guess {read.workload}, {read.confidence:.2f})"
        if read
        else "no field, tag or List decides"
    )
    why = f"{guess}; routing.unclear is {answer}"
    return _found(answer, "default", why, *_unknown_label(inputs))


def _unknown_label(inputs: Inputs) -> tuple[str, ...]:
    """A label that is not a workload is ignored, and reported."""
    return tuple(
        f'field "{inputs.policy.workload_field}" says "{label}", which is not a workload: ignored'
        for label in _labels(inputs)
    )
