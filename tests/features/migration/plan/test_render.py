"""A plan for people and for programs."""

import json
import re
from dataclasses import replace

import pytest

from clickup_mlops.features.migration.plan import make, render, sections
from clickup_mlops.features.migration.plan.model import MigrationPlan, Prerequisite, Survey
from clickup_mlops.features.migration.plan.survey import survey
from tests.features.migration.small_migration import world


def plan(*, from_api: bool = True) -> MigrationPlan:
    """Of the small migration."""
    result = survey(world(), missing=("live formulas",))
    expected = (
        Prerequisite("field", "ML / List 1 / Stage", by_hand=True, why="no call creates it"),
        Prerequisite("list", "ML / List 1"),
    )
    return make.plan(
        result, reads=7, reading=12, from_api=from_api, prerequisites=expected, provisioning=1
    )


def test_calls_are_counted_on_both_sides() -> None:
    """14 steps and a list, and one call that asks for the addresses of three files."""
    cost = plan().cost

    assert (cost.writes, cost.reads, cost.calls) == (15, 7, 22)
    assert (cost.reading, cost.links) == (12, 1)


def test_files_have_no_limits() -> None:
    """Reading a file takes no calls, so no plan's limit is shown."""
    created = plan(from_api=False)

    assert created.cost.links == 0
    assert "Calls to the source" not in render.text(created)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (1_023, "1023 B"),
        (1_024, "1.0 KiB"),
        (3 * 2**29, "1.5 GiB"),
        (5 * 2**50, "5120.0 TiB"),
    ],
)
def test_a_size_is_in_the_unit_that_fits(count: int, words: str) -> None:
    """The largest unit holds whatever is larger still."""
    assert sections.size(count) == words


def test_everything_is_in_the_text() -> None:
    """Counts, columns, losses with examples, people, prerequisites, what is manual, and time."""
    text = render.text(plan())

    for part in (
        "To create: 4 tasks, 1 subtask",
        'field "Stage" (drop_down)',
        "colours are not kept",
        "Ranker: Red; Draft: Blue",
        "live formulas",
        "Person 2",
        "ML / List 1: field Stage: by hand (no call creates it)",
        "live_incident",
        "Business Plus",
        "Calls to the source",
    ):
        assert part in text


def test_several_boards_have_a_total() -> None:
    """A single one has none: it would say the same again."""
    created = plan()
    single = replace(created, survey=replace(created.survey, boards=created.survey.boards[:1]))

    assert re.search(r"^ *Total +4 +1 +2 +3 ", render.text(created), re.MULTILINE)
    assert "Total" not in render.text(single)


def test_markdown_says_the_same() -> None:
    """It has a heading for each section."""
    assert render.markdown(plan()).startswith("# Migration move from monday\n")


def test_nothing_to_do() -> None:
    """An empty migration says so."""
    created = make.plan(Survey("move", "jira"), reads=0, reading=0, from_api=False)

    assert created.work == 0
    assert render.NOTHING in render.text(created)


def test_json_is_json() -> None:
    """It survives being written and read."""
    assert json.loads(json.dumps(plan().to_dict()))["survey"]["name"] == "move"


def test_minutes_are_readable() -> None:
    """Hours from an hour on."""
    assert [render.minutes(value) for value in (0.2, 59.4, 60, 125)] == [
        "under 1 min",
        "59 min",
        "1 h 00 min",
        "2 h 05 min",
    ]
