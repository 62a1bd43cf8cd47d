"""What the bot remembers of ClickUp's tasks: its timeline has changes, comments and reports."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from sys import intern
from typing import Final

from clickup_mlops.features.discovery.model import FEW_TASKS, Need, Remark, Trace
from clickup_mlops.features.discovery.read.assemble import with_journey
from clickup_mlops.features.discovery.words import find_hosts, is_decision, is_question
from clickup_mlops.flow.model import Step, build_journey
from clickup_mlops.store import Store
from clickup_mlops.store.timeline_rows import Entry, Kind

_WINDOW_MS: Final = 7 * 86_400_000
"""So much is read at a time: a year of a big team would not fit."""
_ENDED: Final = frozenset({"succeeded", "success", "failed", "finished", "killed", "inactive"})
RUN_THE_BOT: Final = (
    "the bot's timeline: let it run beside ClickUp in shadow mode for some weeks; ClickUp's API "
    "gives totals by status alone"
)


@dataclass(slots=True)
class _Memory:
    """What is known of a task."""

    steps: list[Step] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    ended_ms: int | None = None


def read(store: Store, workspace: str, since_ms: int, now_ms: int) -> Iterator[Entry]:
    """What it has of creations, statuses, comments, deployments and runs."""
    kinds: tuple[Kind, ...] = ("created", "status", "comment", "deployment", "pipeline")
    for start_ms in range(since_ms, now_ms, _WINDOW_MS):
        end_ms = min(start_ms + _WINDOW_MS, now_ms)
        for kind in kinds:
            yield from store.timeline.of_kind(workspace, kind, start_ms, end_ms)


def build_traces(
    entries: Iterable[Entry], workloads: Mapping[str, str], now_ms: int
) -> list[Trace]:
    """From the timeline alone; places are ids of Lists. `workloads` by task."""
    memories: dict[str, _Memory] = {}
    places: dict[str, str] = {}
    for entry in entries:
        if entry.task_id:
            _remember(memories.setdefault(entry.task_id, _Memory()), entry)
            place = str(entry.value.get("list") or "")
            places[entry.task_id] = place or places.get(entry.task_id, "")
    return [
        _of_memory(task_id, places[task_id], workloads.get(task_id, ""), memory, now_ms)
        for task_id, memory in memories.items()
        if any(step.is_creation for step in memory.steps)
    ]


def _of_memory(task_id: str, place: str, workload: str, memory: _Memory, now_ms: int) -> Trace:
    journey = build_journey(memory.steps)
    last = journey.stays[-1]
    trace = Trace(
        task_id, place, workload, last.status, last.kind, journey.created_ms, last.start_ms
    )
    return _with_memory(trace, memory, now_ms)


def join(traces: list[Trace], entries: Iterable[Entry], now_ms: int, bot_name: str) -> list[Trace]:
    """The traces with what the timeline knows of them. What the bot did is no work of people.

    `traces` is emptied meanwhile: both forms of a year of a big team would not fit.
    """
    memories: dict[str, _Memory] = {}
    for entry in entries:
        if entry.task_id and not (bot_name and entry.actor == bot_name):
            _remember(memories.setdefault(entry.task_id, _Memory()), entry)
    joined: list[Trace] = []
    while traces:
        trace = traces.pop()
        joined.append(_with_memory(trace, memories.pop(trace.id, None), now_ms))
    return joined[::-1]


def lacking(traces: Iterable[Trace]) -> Mapping[Need, str]:
    """What hardly any of them has."""
    counts: dict[Need, int] = {"order": 0, "people": 0, "comments": 0, "endings": 0, "links": 0}
    for trace in traces:
        counts["order"] += bool(trace.stays)
        counts["people"] += bool(trace.stays)
        counts["comments"] += bool(trace.remarks)
        counts["links"] += bool(trace.remarks)
        counts["endings"] += trace.ended_ms is not None
    return {need: RUN_THE_BOT for need, count in counts.items() if count < FEW_TASKS}


def _remember(memory: _Memory, entry: Entry) -> None:
    value = entry.value
    if entry.kind in ("created", "status"):
        # A year has a hundred thousand of them, with few different words.
        status = intern(str(value.get("to") or ""))
        kind = intern(str(value.get("type") or "custom"))
        is_first = entry.kind == "created"
        memory.steps.append(Step(entry.task_id, entry.at_ms, status, kind, "", is_first))
        if entry.actor and memory.actors[-1:] != [entry.actor]:
            memory.actors.append(intern(entry.actor))
    elif entry.kind == "comment":
        flags = is_question(entry.text), is_decision(entry.text)
        hosts = tuple(map(intern, find_hosts(entry.text)))
        memory.remarks.append(Remark(entry.at_ms, intern(entry.actor), *flags, hosts))
    elif str(value.get("state") or "") in _ENDED:
        memory.ended_ms = max(memory.ended_ms or 0, entry.at_ms)


def _with_memory(trace: Trace, memory: _Memory | None, now_ms: int) -> Trace:
    """A journey counts if it is known from the creation on."""
    if memory is None:
        return trace
    remarks = tuple(sorted(memory.remarks, key=lambda remark: remark.at_ms))
    trace = replace(trace, remarks=remarks, ended_ms=memory.ended_ms)
    if not any(step.is_creation for step in memory.steps):
        return trace
    present = trace.stage, trace.kind
    trace = with_journey(trace, build_journey(memory.steps), now_ms)
    return replace(trace, owners=tuple(memory.actors), stage=present[0], kind=present[1])
