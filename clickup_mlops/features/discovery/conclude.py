"""From a reading to what it says. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clickup_mlops.features.discovery.model import (
    FEW_TASKS,
    NEEDS,
    SMALLEST_GROUP,
    Finding,
    FindingType,
    Group,
    Reading,
    Trace,
    Unknown,
)
from clickup_mlops.features.discovery.people import (
    Communication,
    Role,
    find_roles,
    measure_communication,
)
from clickup_mlops.features.discovery.stages import Stage, measure_stages
from clickup_mlops.features.discovery.tools import Tool, map_tools, spread_switches
from clickup_mlops.flow.spread import Spread


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What a reading says. `hidden`: how many looks were left out because too few people would be
    behind what they say. `small_places`: places with too few tasks.
    """

    tool: str
    now_ms: int
    tasks: int
    places: int
    small_places: int
    findings: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]
    hidden: int
    stages: tuple[Stage, ...]
    tools: tuple[Tool, ...]
    switches: Spread | None
    communication: Communication | None
    roles: tuple[Role, ...]
    problems: tuple[str, ...] = ()
    calls: int = 0
    titles: Mapping[str, FindingType] = field(default_factory=dict)


def conclude(
    reading: Reading,
    types: Mapping[str, FindingType],
    joinable: Mapping[str, Sequence[str]],
    *,
    with_names: bool = False,
) -> Conclusions:
    """All findings of all places, largest places first. `with_names`: groups under five people,
    and names, may be shown.
    """
    groups = [*find_groups(reading)]
    people = frozenset[str]().union(*(trace.people for trace in reading.traces))
    is_shown = with_names or len(people) >= SMALLEST_GROUP
    known_types = {name: type_ for name, type_ in types.items() if _is_known(type_, reading)}
    looks = [
        (name, type_, group)
        for group in groups
        for name, type_ in known_types.items()
        if not type_.is_about_people or with_names or group.people >= SMALLEST_GROUP
    ]
    findings = tuple(
        replace(finding, kind=name) for name, type_, group in looks for finding in type_.look(group)
    )
    return Conclusions(
        tool=reading.tool,
        now_ms=reading.now_ms,
        tasks=len(reading.traces),
        places=len(groups),
        small_places=len({trace.place for trace in reading.traces}) - len(groups),
        findings=findings,
        unknown=tuple(_unknown(types, reading)),
        hidden=len(groups) * len(known_types) - len(looks),
        stages=tuple(
            stage for group in groups for stage in measure_stages(group.place, group.traces)
        ),
        tools=tuple(map_tools(reading.traces, joinable, with_names=with_names)),
        switches=spread_switches(reading.traces) if is_shown else None,
        communication=_communication(reading) if is_shown else None,
        roles=tuple(find_roles(reading, with_names=with_names)),
        problems=tuple(reading.problems),
        calls=reading.calls,
        titles=types,
    )


def find_groups(reading: Reading) -> Iterator[Group]:
    """The places with enough tasks, largest first."""
    by_place: dict[str, list[Trace]] = {}
    for trace in reading.traces:
        by_place.setdefault(trace.place, []).append(trace)
    for place in sorted(by_place, key=lambda name: (-len(by_place[name]), name)):
        if len(by_place[place]) >= FEW_TASKS:
            others = [trace for trace in reading.traces if trace.place != place]
            yield Group(place, by_place[place], others, reading.now_ms)


def _is_known(type_: FindingType, reading: Reading) -> bool:
    return not type_.needs & reading.lacking.keys()


def _communication(reading: Reading) -> Communication | None:
    if "comments" in reading.lacking:
        return None
    return measure_communication(reading.traces, reading.now_ms)


def _unknown(types: Mapping[str, FindingType], reading: Reading) -> Iterator[Unknown]:
    for need, export in reading.lacking.items():
        titles = sorted(type_.title for type_ in types.values() if need in type_.needs)
        yield Unknown(f"{NEEDS[need]} ({'; '.join(titles)})", export)
