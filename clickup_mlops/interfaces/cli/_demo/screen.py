"""What the demonstration shows: lines as things happen, then what has changed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from clickup_mlops.interfaces.cli._demo.play import Reaction
from clickup_mlops.routing.decision import WORKLOADS, format_priority
from clickup_mlops.spelling import format_count

COLOURS = {1: "bold red", 2: "yellow", 3: "cyan", 4: "bright_black", None: "bright_black"}
LEVELS = (1, 2, 3, 4, None)
FIRST, FALLEN = 9, 5


@dataclass(frozen=True, slots=True)
class Row:
    """One task in the table at the end."""

    name: str
    workload: str
    before: int | None
    after: int | None
    decided_by: str
    is_new: bool
    """It came while the demonstration ran."""

    @property
    def fall(self) -> int:
        """By how many levels it went down; nothing for a task that had no priority."""
        return self.after - self.before if self.after and self.before else 0


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that the demonstration showed, as values."""

    rows: tuple[Row, ...]
    reactions: tuple[Reaction, ...]
    calls: Mapping[str, int]
    page: str

    @property
    def latencies_ms(self) -> list[int]:
        """From each change to the priority that followed it, sorted."""
        return sorted(r.latency_ms for r in self.reactions if r.latency_ms is not None)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        late = self.latencies_ms
        return {
            "tasks": [
                {
                    "name": row.name,
                    "workload": row.workload,
                    "before": "new" if row.is_new else format_priority(row.before),
                    "after": format_priority(row.after),
                    "decided_by": row.decided_by,
                }
                for row in self.rows
            ],
            "events": len(self.reactions),
            "latency_ms": {"median": median(late), "max": late[-1]} if late else None,
            "calls": dict(self.calls),
        }


class Screen:
    """Prints to a console; plain lines when that is not a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        """One line of the story."""
        self._console.print(f"[bold]{text}[/]")

    def react(self, reaction: Reaction) -> None:
        """Who did what, and what the bot made of it."""
        step, decision = reaction.step, reaction.decision
        self._console.print(
            Text.assemble(
                (f"  {step.member} {step.description}: ", "bright_black"), reaction.task_name
            )
        )
        late = reaction.latency_ms
        self._console.print(
            Text.assemble(
                ("    ► ", "bright_black"),
                _level(decision.priority),
                (f"  {decision.workload}, {decision.decided_by}", "italic"),
                ("  left as it is", "bright_black") if late is None else (f"  {late} ms", "green"),
            )
        )

    def result(self, result: Result) -> None:
        """The tables at the end."""
        for table in (
            _matrix(result.rows),
            _tasks("Now first on the board", result.rows[:FIRST]),
            _tasks("Fell furthest", sorted(result.rows, key=lambda row: -row.fall)[:FALLEN]),
        ):
            self._console.print()
            self._console.print(table)
        late, calls = result.latencies_ms, result.calls
        spent = ", ".join(f"{count} {call_kind}" for call_kind, count in calls.items())
        self._console.print(
            f"\nFrom a change to its priority: median {median(late):.0f} ms, longest {late[-1]} ms."
            f"\n{format_count(sum(calls.values()), 'call')} to ClickUp: {spent}."
        )


def _matrix(rows: Iterable[Row]) -> Table:
    """How many tasks of each workload stand at each priority: before → after."""
    rows = list(rows)
    before = Counter((row.workload, row.before) for row in rows if not row.is_new)
    after = Counter((row.workload, row.after) for row in rows)
    table = _table("Open tasks by priority, before → after", "workload")
    for level in LEVELS:
        table.add_column(_level(level), justify="right")
    for workload in WORKLOADS:
        cells = (f"{before[workload, level]} → {after[workload, level]}" for level in LEVELS)
        table.add_row(workload, *(Text(c, "bright_black" if c == "0 → 0" else "") for c in cells))
    return table


def _tasks(headline: str, rows: Iterable[Row]) -> Table:
    table = _table(headline, "before", "after", "workload", "task", "decided by")
    for column in table.columns:
        column.no_wrap = column.header != "task"
    for row in rows:
        before = Text("new", "green") if row.is_new else _level(row.before)
        name = Text(row.name, no_wrap=True, overflow="ellipsis")
        table.add_row(before, _level(row.after), row.workload, name, row.decided_by)
    return table


def _table(headline: str, *columns: str) -> Table:
    return Table(
        *columns, title=headline, title_justify="left", title_style="bold", box=None, pad_edge=False
    )


def _level(priority: int | None) -> Text:
    return Text(format_priority(priority), COLOURS[priority])
