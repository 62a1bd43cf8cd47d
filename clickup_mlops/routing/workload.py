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
        _resolve_by_field(inputs)
        or _resolve_by_tag(inputs)
        or _resolve_by_list(inputs)
        or _resolve_by_text(inputs)
        or _resolve_unclear(inputs)
    )


def _build_resolution(workload: Workload, source: str, why: str, *before: str) -> Resolution:
    return Resolution(workload, source, (*before, f"workload {workload}: {why}"))


def _read_labels(inputs: Inputs) -> list[str]:
    """Labels in the workload field: a drop-down gives one label, a labels field several."""
    value = inputs.value(inputs.policy.workload_field)
    labels = value if isinstance(value, list | tuple) else [value]
    return [label.strip() for label in labels if isinstance(label, str) and label.strip()]


def _find_first(names: Sequence[str], policy: Policy) -> tuple[Workload, str] | None:
    """The workload that the names give; if they give several, the first in class order."""
    workload_names = policy.workload_names
    name_by_workload = {
        workload_names[name.casefold()]: name
        for name in reversed(names)
        if name.casefold() in workload_names
    }
    return next(
        (
            (workload, name_by_workload[workload])
            for workload in WORKLOADS
            if workload in name_by_workload
        ),
        None,
    )


def _resolve_by_field(inputs: Inputs) -> Resolution | None:
    match = _find_first(_read_labels(inputs), inputs.policy)
    if match is None:
        return None
    return _build_resolution(
        match[0], "field", f'field "{inputs.policy.workload_field}" says "{match[1]}"'
    )


def _resolve_by_tag(inputs: Inputs) -> Resolution | None:
    match = _find_first(inputs.facts.tags, inputs.policy)
    return (
        _build_resolution(match[0], "tag", f'tag "{match[1]}"', *_explain_unknown_labels(inputs))
        if match
        else None
    )


def _resolve_by_list(inputs: Inputs) -> Resolution | None:
    name, facts = inputs.facts.list_name.casefold(), inputs.facts
    for pattern, workload in inputs.policy.lists.items():
        if pattern == facts.list_id or fnmatchcase(name, pattern.casefold()):
            why = f'List "{facts.list_name}" is bound by "{pattern}"'
            return _build_resolution(workload, "list", why, *_explain_unknown_labels(inputs))
    return None


def _resolve_by_text(inputs: Inputs) -> Resolution | None:
    read = inputs.classified
    if read is None or read.abstain or read.confidence < inputs.policy.min_confidence:
        return None
    label = next((workload for workload in WORKLOADS if workload == read.workload), None)
    if label is None:
        return None
    signs = "; ".join(inputs.context.signs)
    basis = "its text and what is around it" if signs else "its text"
    why = f"classified by {basis} ({read.confidence:.2f}){': ' if signs else ''}{signs}"
    return _build_resolution(label, "text", why, *_explain_unknown_labels(inputs))


def _resolve_unclear(inputs: Inputs) -> Resolution:
    read, answer = inputs.classified, inputs.policy.unclear
    guess = (
        f"the text is unclear (best guess {read.workload}, {read.confidence:.2f})"
        if read
        else "no field, tag or List decides"
    )
    why = f"{guess}; routing.unclear is {answer}"
    return _build_resolution(answer, "default", why, *_explain_unknown_labels(inputs))


def _explain_unknown_labels(inputs: Inputs) -> tuple[str, ...]:
    """A label that is not a workload is ignored, and reported."""
    return tuple(
        f'field "{inputs.policy.workload_field}" says "{label}", which is not a workload: ignored'
        for label in _read_labels(inputs)
    )
