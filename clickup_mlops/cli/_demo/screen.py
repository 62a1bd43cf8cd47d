"""What the demonstration shows: lines as things happen, then what has changed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from clickup_mlops.cli._demo.play import Reaction
from clickup_mlops.routing.decision import WORKLOADS, title

COLOURS = {1: "bold red", 2: "yellow", 3: "cyan", 4: "bright_black", None: "bright_black"}
LEVELS = (1, 2, 3, 4, None)


@dataclass(frozen=True, slots=True)
class Row:
    """One task in the table at the end."""

    name: str
    workload: str
    before: int | None
    after: int | None
    rule: str


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
                    "before": title(row.before),
                    "after": title(row.after),
                    "rule": row.rule,
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
        decision = reaction.decision
        self._console.print(
            Text(f"  {reaction.step.who} {reaction.step.does}: ", "bright_black")
            + Text(reaction.task_name)
        )
        late = f"{reaction.latency_ms} ms" if reaction.latency_ms is not None else "no write"
        self._console.print(
            Text("    ► ", "bright_black")
            + _level(decision.priority)
            + Text(f"  {decision.workload}, {decision.rule}", "italic")
            + Text(f"  {late}", "green" if reaction.latency_ms is not None else "bright_black")
        )

    def result(self, result: Result) -> None:
        """The tables at the end."""
        self._console.print(_matrix(result.rows))
        self._console.print(_tasks(result.rows))
        late = result.latencies_ms
        calls = ", ".join(f"{count} {route}" for route, count in result.calls.items())
        self._console.print(
            f"{len(result.reactions)} changes by the team; from a change to its priority: "
            f"median {median(late):.0f} ms, longest {late[-1]} ms\n"
            f"ClickUp calls: {sum(result.calls.values())} ({calls})"
        )


def _matrix(rows: Iterable[Row]) -> Table:
    """How many tasks of each kind of work stand at each priority: before -> after."""
    rows = list(rows)
    before = Counter((row.workload, row.before) for row in rows)
    after = Counter((row.workload, row.after) for row in rows)
    table = Table("kind of work", title="Open tasks by priority, before → after", box=None)
    for level in LEVELS:
        table.add_column(_level(level), justify="right")
    for workload in WORKLOADS:
        cells = (f"{before[workload, level]} → {after[workload, level]}" for level in LEVELS)
        table.add_row(workload, *(Text(c, "bright_black" if c == "0 → 0" else "") for c in cells))
    return table


def _tasks(rows: Sequence[Row]) -> Table:
    table = Table(
        "before", "after", "kind of work", "task", "rule", title="Top of the board", box=None
    )
    for row in rows:
        table.add_row(_level(row.before), _level(row.after), row.workload, row.name, row.rule)
    return table


def _level(priority: int | None) -> Text:
    return Text(title(priority), COLOURS[priority])
