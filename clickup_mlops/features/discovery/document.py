"""Conclusions as sections, for Markdown, HTML, PDF and JSON. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from clickup_mlops.features.discovery.conclude import Conclusions
from clickup_mlops.features.discovery.model import SMALLEST_GROUP, Finding
from clickup_mlops.features.discovery.people import Communication
from clickup_mlops.features.discovery.stages import Stage
from clickup_mlops.flow.spread import Spread
from clickup_mlops.ports.sections.model import Period, Report
from clickup_mlops.spelling import format_count
from clickup_mlops.views.model import (
    NOT_ENOUGH,
    Block,
    Cell,
    Column,
    Duration,
    Figure,
    Figures,
    Note,
    Number,
    Section,
    Table,
)

_FEW: str = f"fewer than {SMALLEST_GROUP}"
_YEAR_MS = 365 * 86_400_000


def build_report(conclusions: Conclusions, further: Sequence[Section] = ()) -> Report:
    """All of it; `further` sections, such as a survey's, stand behind what was found."""
    end_ms = conclusions.now_ms
    period = Period("range", "the last year", end_ms - _YEAR_MS, end_ms)
    sections = (
        build_findings(conclusions),
        *further,
        _advice(conclusions),
        _stages(conclusions),
        _tools(conclusions),
        _team(conclusions),
        _unknown(conclusions),
    )
    return Report("How work is done", period, tuple(filter(None, sections)))


def build_findings(conclusions: Conclusions) -> Section:
    """The bottlenecks, and what could not be looked for."""
    rows = tuple(_finding(finding, conclusions) for finding in conclusions.findings)
    columns = ("Where", "What", "How much", "95% interval", "Tasks", "In words")
    counted = (
        f"{format_count(conclusions.tasks, 'task')} of {conclusions.tool} in "
        f"{format_count(conclusions.places, 'place')}"
    )
    table = Table(
        "findings",
        "Bottlenecks",
        tuple(Column(title, "end" if title == "Tasks" else "start") for title in columns),
        rows,
        empty="None was found.",
    )
    return Section("findings", "What was found", (table, *_limits(conclusions)), counted)


def _limits(conclusions: Conclusions) -> Iterator[Note]:
    if conclusions.small_places:
        places = format_count(conclusions.small_places, "place has", "places have")
        yield Note(f"{places} too few tasks to say anything.")
    if conclusions.hidden:
        looks = format_count(conclusions.hidden, "look was", "looks were")
        yield Note(f"{looks} left out, because {_FEW} people would be behind the answer.")
    if conclusions.unknown:
        yield Note("Not everything could be looked for: see below.", "warning")


def _finding(finding: Finding, conclusions: Conclusions) -> tuple[Cell, ...]:
    estimate = finding.estimate
    low, high = (format_size(value, finding) for value in (estimate.low, estimate.high))
    where = f"{finding.place}, {finding.stage}" if finding.stage else finding.place
    title = conclusions.titles[finding.kind].title
    size, tasks = _size(estimate.value, finding), Number(finding.tasks)
    return (where, title, size, f"{low} to {high}", tasks, finding.says)


def _size(value: float, finding: Finding) -> Cell:
    if finding.unit == "ms":
        return Duration(int(value))
    return Number(value, "%" if finding.unit == "%" else "")


def format_size(value: float, finding: Finding) -> str:
    """A size of the finding, with its unit."""
    from clickup_mlops.views.cells import format_cell

    return format_cell(_size(value, finding))


def _advice(conclusions: Conclusions) -> Section | None:
    kinds = [*dict.fromkeys(finding.kind for finding in conclusions.findings)]
    types = [(conclusions.titles[kind]) for kind in kinds]
    rows = tuple(
        (type_.title, type_.advice, ", ".join(type_.automations), type_.definition)
        for type_ in types
    )
    columns = tuple(map(Column, ("Finding", "What to do", "Automations", "Definition")))
    table = Table("advice", "What answers it", columns, rows)
    return Section("advice", "What to do", (table,)) if rows else None


def _stages(conclusions: Conclusions) -> Section | None:
    places: dict[str, list[Stage]] = {}
    for stage in conclusions.stages:
        places.setdefault(stage.place, []).append(stage)
    titles = ("Work", "Stage", "", "Tasks", "P50", "P85", "Share of time")
    columns = tuple(Column(title, "end" if title in titles[3:] else "start") for title in titles)
    tables = tuple(
        Table(f"stages_{number}", place, columns, tuple(map(_stage, stages)))
        for number, (place, stages) in enumerate(places.items(), start=1)
    )
    return Section("stages", "Stages as passed", tables) if tables else None


def _stage(stage: Stage) -> tuple[Cell, ...]:
    times: tuple[Cell, Cell] = (NOT_ENOUGH, "")
    if stage.times:
        times = Duration(stage.times.p50), Duration(stage.times.p85)
    share = Number(100 * stage.share, "%")
    kind = "waiting" if stage.is_waiting else "working"
    return (stage.workload or "all", stage.name, kind, Number(stage.tasks), *times, share)


def _tools(conclusions: Conclusions) -> Section | None:
    rows = tuple(
        (
            tool.host,
            Number(tool.tasks),
            Number(tool.people) if tool.people is not None else _FEW,
            tool.stage,
            tool.workload,
            ", ".join(tool.joined_by) or "no part of this program",
        )
        for tool in conclusions.tools
    )
    titles = ("Host", "Tasks", "People", "Mostly in stage", "Mostly", "Can be joined by")
    columns = tuple(Column(title, "end" if title in titles[1:3] else "start") for title in titles)
    table = Table("tools", "Where links lead", columns, rows)
    note = "Switches are changes of the host in a task's events: a proxy for changes of the tool."
    blocks: tuple[Block, ...] = (*_switches(conclusions.switches), table, Note(note))
    return Section("tools", "Tool map", blocks) if rows else None


def _switches(spread: Spread | None) -> Iterator[Block]:
    if spread:
        note = f"of {format_count(spread.count, 'task')} with links in comments"
        yield Figures(
            (
                Figure("Switches per task, P50", Number(spread.p50), note),
                Figure("Switches per task, P85", Number(spread.p85), note),
            )
        )


def _team(conclusions: Conclusions) -> Section | None:
    rows = tuple(
        (
            role.name,
            Number(role.people) if role.people is not None else _FEW,
            Number(role.tasks) if role.tasks is not None else "",
            ", ".join(role.names),
        )
        for role in conclusions.roles
    )
    columns = (Column("Role"), Column("People", "end"), Column("Tasks", "end"), Column(""))
    table = Table("roles", "Roles, by most of the work", columns, rows)
    talk = conclusions.communication
    blocks: tuple[Block, ...] = (*([_talk(talk)] if talk else []), *([table] if rows else []))
    return Section("team", "How the team works together", blocks) if blocks else None


def _talk(talk: Communication) -> Figures:
    spread, questions = talk.first_answers, format_count(talk.questions, "question")
    first: Cell = Duration(spread.p50) if spread else NOT_ENOUGH
    count = spread.count if spread else 0
    return Figures(
        (
            Figure("First answer, P50", first, f"of {format_count(count, 'task')}"),
            Figure("Unanswered for a week", Number(talk.unanswered), f"of {questions}"),
            Figure(
                "Decisions in comments alone",
                Number(talk.unrecorded),
                f"of {format_count(talk.decisions, 'decision')}",
            ),
        )
    )


def _unknown(conclusions: Conclusions) -> Section | None:
    rows = tuple((unknown.title, unknown.export) for unknown in conclusions.unknown)
    columns = (Column("Unknown"), Column("What would give it"))
    blocks: list[Block] = [Table("unknown", "What the data do not say", columns, rows)] * bool(rows)
    blocks += [Note(problem, "warning") for problem in conclusions.problems]
    return Section("unknown", "What is not known", tuple(blocks)) if blocks else None


def to_json(conclusions: Conclusions) -> Mapping[str, object]:
    """What programs read: counts, findings and what is unknown."""
    return {
        "tool": conclusions.tool,
        "tasks": conclusions.tasks,
        "places": conclusions.places,
        "calls": conclusions.calls,
        "hidden": conclusions.hidden,
        "findings": [
            {
                "kind": finding.kind,
                "place": finding.place,
                "stage": finding.stage,
                "value": finding.estimate.value,
                "low": finding.estimate.low,
                "high": finding.estimate.high,
                "unit": finding.unit,
                "tasks": finding.tasks,
                "says": finding.says,
            }
            for finding in conclusions.findings
        ],
        "unknown": [
            {"title": unknown.title, "export": unknown.export} for unknown in conclusions.unknown
        ],
        "problems": list(conclusions.problems),
    }
