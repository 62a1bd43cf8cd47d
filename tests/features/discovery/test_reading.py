"""Exports as they are: without history, renamed, imported in bulk, with programs as people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from clickup_mlops.features.discovery.model import FEW_TASKS, Reading
from clickup_mlops.features.discovery.operations.discover import discover
from clickup_mlops.features.discovery.privacy import find_shown
from clickup_mlops.features.discovery.read import tool
from clickup_mlops.features.discovery.words import find_hosts, is_question, strip_markup
from clickup_mlops.features.migration.history import Change
from clickup_mlops.features.migration.records import (
    Board,
    Cell,
    Column,
    Item,
    Option,
    Person,
    Update,
)

DAY = 86_400_000
NOW = 20_000 * DAY
STATUS = Column(
    "s",
    "Status",
    "status",
    options=(Option("a", "Backlog"), Option("b", "Doing"), Option("c", "Done", done=True)),
)
BOARD = Board("b", "Serving", columns=(STATUS,))


@dataclass
class Export:
    """A source in memory."""

    items_of_board: Sequence[Item]
    changes: Sequence[Change] = ()
    updates_of_board: Sequence[Update] = ()
    problems: list[str] = field(default_factory=list)
    calls: int = 0

    def people(self) -> Iterator[Person]:
        yield Person("ada", "Ada")
        yield Person("bot", "Automation", kind="agent")

    def boards(self) -> Iterator[Board]:
        yield BOARD

    def items(self, board: Board) -> Iterator[Item]:
        yield from self.items_of_board

    def updates(self, board: Board, since_ms: int | None = None) -> Iterator[Update]:
        yield from self.updates_of_board

    def history(self, board: Board) -> Iterator[Change]:
        yield from self.changes

    def assets(self, board: Board) -> Iterator[object]:
        return iter(())

    def open(self, asset: object) -> object:
        raise AssertionError

    def close(self) -> None:
        pass


def item(number: int, created_ms: int | None = None, status: str = "Done") -> Item:
    at = NOW - 100 * DAY + number * DAY if created_ms is None else created_ms
    return Item(f"i{number}", "b", "Serve", cells={"s": Cell(status, status)}, created_ms=at)


def move(number: int, day: float, before: str, after: str, actor: str = "ada") -> Change:
    at = NOW - 100 * DAY + int((number + day) * DAY)
    return Change(f"i{number}", at, "status", before, after, actor)


def read(export: Export) -> Reading:
    return tool.read(export, "csv_file", NOW, lambda _title, _text: "")  # type: ignore[arg-type]


def test_without_history_answers_are_unknown_and_say_what_would_give_them() -> None:
    reading = read(Export([item(number, NOW - DAY) for number in range(FEW_TASKS)]))
    conclusions = discover(reading).conclusions

    assert {"order", "people", "comments", "endings"} <= reading.lacking.keys()
    assert conclusions.findings == ()
    assert all("an export of the tool itself" in unknown.export for unknown in conclusions.unknown)


def test_a_renamed_status_is_one_stage() -> None:
    """Entered as "Working", left as "Doing": it was renamed meanwhile."""
    moves = [
        change
        for number in range(5)
        for change in (move(number, 1, "Backlog", "Working"), move(number, 2, "Doing", "Done"))
    ]
    reading = read(Export([item(number) for number in range(5)], moves))

    assert {stay.status for trace in reading.traces for stay in trace.stays} == {
        "Backlog",
        "Doing",
        "Done",
    }


def test_what_was_imported_in_bulk_has_no_times() -> None:
    """A hundred tasks in one minute are an import; one message says so, the rest goes on."""
    imported = [item(number, NOW - 50 * DAY) for number in range(100)]
    reading = read(Export([*imported, item(200, NOW - 9 * DAY, "Doing")]))

    assert [trace.id for trace in reading.traces if trace.stays] == ["i200"]
    assert len(reading.traces) == 101
    (problem,) = reading.problems
    assert "Serving: 100 tasks were created or changed together" in problem


def test_programs_are_no_people() -> None:
    """Neither what they comment, nor what is assigned to them; people who left are unknown."""
    changes = [
        Change("i1", NOW - 9 * DAY, "assignee", "", "bot", "bot"),
        Change("i1", NOW - 8 * DAY, "assignee", "bot", "ada", "bot"),
        Change("i1", NOW - 7 * DAY, "assignee", "ada", "gone", ""),
    ]
    updates = [
        Update("1", "i1", "<p>Is it up?</p>", "bot", created_ms=NOW - DAY),
        Update("2", "i1", "<p>Is it up?</p>", "", "Gone", created_ms=NOW - DAY),
    ]
    (trace,) = read(Export([item(1)], changes, updates)).traces

    assert trace.owners == ("ada",)
    assert [remark.author for remark in trace.remarks] == [""]


def test_a_question_mark_in_an_address_asks_nothing() -> None:
    text = strip_markup('See <a href="https://www.grafana.test:3000/d/1?x=2">this</a>')

    assert find_hosts(text) == ("grafana.test",)
    assert not is_question(text)
    assert is_question(f"{text} Is that right?")


def test_a_group_that_a_sum_would_reveal_is_left_out_too() -> None:
    """12 people, of whom 9 are told, would tell of the 3 others."""
    assert find_shown({"a": 9, "b": 3}) == frozenset()
    assert find_shown({"a": 9, "b": 6, "c": 3}) == {"a"}
    assert find_shown({"a": 9, "b": 3, "c": 4}) == {"a"}
    assert find_shown({"a": 9, "b": 5}) == {"a", "b"}
