"""Bottlenecks from the bot's timeline: on the page, in the monthly report and for agents."""

from collections.abc import Iterator

import pytest

from clickup_mlops.features.discovery.section import build, conclude_of_store
from clickup_mlops.ports.sections.find import all_pages, report_sections
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store import Store
from clickup_mlops.store.tables.timeline import Entry, Kind

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
NOW = 20_000 * DAY_MS
WORKSPACE = "900"


def entry(task: str, at_ms: int, kind: Kind, status: str, type_: str, actor: str) -> Entry:
    value = {"to": status, "type": type_, "list": "1"}
    return Entry(f"{task}:{at_ms}", WORKSPACE, task, at_ms, kind, "", actor, value=value)


def story(number: int, waiting_ms: int, stage: str) -> Iterator[Entry]:
    """A task: an hour until work begins, an hour of work, a review, the end."""
    task, actor = f"t{number}", f"Person {number % 6}"
    stages = (
        ("to do", "open"),
        ("coding", "custom"),
        (stage, "custom"),
        ("done", "done"),
    )
    lengths_ms = (HOUR_MS, HOUR_MS * (1 + number % 3), waiting_ms, 0)
    at_ms = NOW - 80 * DAY_MS + number * DAY_MS
    for (status, type_), length_ms in zip(stages, lengths_ms, strict=True):
        kind: Kind = "created" if type_ == "open" else "status"
        yield entry(task, at_ms, kind, status, type_, actor)
        at_ms += length_ms


def fill(store: Store, waiting_ms: int, tasks: int = 40, stage: str = "in review") -> None:
    lines = (story(number, waiting_ms, stage) for number in range(tasks))
    store.timeline.put([line for lines_of_task in lines for line in lines_of_task])


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        ("waiting for review", "a review"),
        ("In review", "a review"),
        ("Awaiting approval", "an approval"),
        ("QA", "a test of others"),
        ("Blockiert", "something that blocks it"),
    ],
)
def test_a_stage_in_which_work_waits_is_found_without_a_call(
    stage: str, reason: str, store: Store
) -> None:
    """Four days between hours of work; the finding says why it takes the stage for one."""
    fill(store, 4 * DAY_MS, stage=stage)
    conclusions = conclude_of_store(store, WORKSPACE, NOW)
    (finding,) = conclusions.findings

    assert (finding.kind, finding.stage) == ("waiting_stage", stage)
    assert f"By its name they wait for {reason}." in finding.says
    assert conclusions.calls == 0
    assert any("comments" in unknown.title for unknown in conclusions.unknown)


def test_a_team_whose_work_flows_has_no_bottleneck(store: Store) -> None:
    fill(store, HOUR_MS)
    conclusions = conclude_of_store(store, WORKSPACE, NOW)

    assert conclusions.places == 1
    assert conclusions.findings == ()


@pytest.mark.parametrize(("tasks", "is_shown"), [(40, True), (19, False)])
def test_the_section_is_shown_once_there_is_enough_to_say(
    tasks: int, is_shown: bool, store: Store
) -> None:
    """Nobody is named in it."""
    fill(store, 4 * DAY_MS, tasks)
    history = StoreHistory(store, WORKSPACE, NOW, raw_ms=0, five_minutes_ms=0)
    data = Data(store, history, WORKSPACE)
    section = build(data, Query.of_page(NOW))

    assert (section is not None) == is_shown
    assert "Person" not in str(section)


def test_page_and_monthly_report_have_it() -> None:
    assert "findings" in all_pages()["bottlenecks"].sections
    assert "Bottlenecks" in {section.title for section in report_sections("monthly").values()}
