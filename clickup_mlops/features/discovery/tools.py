"""The tools that work goes to: hosts in addresses, by stage and workload. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clickup_mlops.features.discovery.findings.tool_switches import count_switches
from clickup_mlops.features.discovery.model import SMALLEST_GROUP, Trace
from clickup_mlops.flow.spread import Spread, compute_spread


@dataclass(frozen=True, slots=True)
class Tool:
    """A host: in how many tasks, by how many people (None: too few to be told), in which stage and
    by which workload mostly, and what of this program can join it (empty: nothing).
    """

    host: str
    tasks: int
    people: int | None
    stage: str
    workload: str
    joined_by: tuple[str, ...] = ()


@dataclass(slots=True)
class _Uses:
    tasks: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    stages: Counter[str] = field(default_factory=Counter)
    workloads: Counter[str] = field(default_factory=Counter)


def map_tools(
    traces: Iterable[Trace], joinable: Mapping[str, Sequence[str]], *, with_names: bool
) -> list[Tool]:
    """By how many tasks name it. `joinable`: parts of this program by the word in a host's name."""
    uses: dict[str, _Uses] = {}
    for trace in traces:
        for host, person, stage in _uses(trace):
            use = uses.setdefault(host, _Uses())
            use.tasks.add(trace.id)
            use.workloads[trace.workload or "unclear"] += 1
            use.stages[stage] += bool(stage)
            use.people |= {person} - {""}
    tools = [_build_tool(host, use, joinable, with_names) for host, use in uses.items()]
    return sorted(tools, key=lambda tool: (-tool.tasks, tool.host))


def spread_switches(traces: Iterable[Trace]) -> Spread | None:
    """Changes of the tool for each task that names one in a comment."""
    linked = (trace for trace in traces if any(remark.hosts for remark in trace.remarks))
    return compute_spread(map(count_switches, linked))


def _uses(trace: Trace) -> Iterator[tuple[str, str, str]]:
    """Host, who named it, and the stage in which the task was then."""
    for host in trace.hosts:
        yield host, "", trace.stays[0].status if trace.stays else ""
    for remark in trace.remarks:
        stages = [stay.status for stay in trace.stays if stay.start_ms <= remark.at_ms]
        for host in remark.hosts:
            yield host, remark.author, stages[-1] if stages else ""


def _build_tool(
    host: str, use: _Uses, joinable: Mapping[str, Sequence[str]], with_names: bool
) -> Tool:
    people = len(use.people)
    words = {word for label in host.split(".") for word in label.split("-")}
    joined_by = {part for word in words for part in joinable.get(word, ())}
    return Tool(
        host,
        len(use.tasks),
        people if with_names or people >= SMALLEST_GROUP else None,
        next((stage for stage, count in use.stages.most_common(1) if count), ""),
        use.workloads.most_common(1)[0][0],
        tuple(sorted(joined_by)),
    )
