"""Measures from the bot's store, in the command, the page, the report and for agents."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from clickup_mlops.features.impact import document, evidence
from clickup_mlops.features.impact.operations.measuring import Impact, measure_periods
from clickup_mlops.features.impact.periods import around
from clickup_mlops.ports.sections.model import Period
from clickup_mlops.store import Store
from clickup_mlops.store.tables.timeline import Entry, Kind
from tests.interfaces.cli.conftest import Cli, cli, connected

__all__ = ["cli", "connected"]
HOUR, DAY = 3_600_000, 86_400_000
NOW = 20_000 * DAY
CHANGE = NOW - 60 * DAY
WORKSPACE = "900"
TASKS = 60


def entry(task: str, at: int, kind: Kind, text: str = "", **value: str) -> Entry:
    key = f"{task}:{kind}:{at}:{text}"
    return Entry(key, WORKSPACE, task, at, kind, text, "Ada", value=value)


def story(number: int) -> Iterator[Entry]:
    """A roll-out a day in both halves: first four days, then one; its incident takes 6 h, then 2;
    comments lead to six tools, then to two.
    """
    at = NOW - 120 * DAY + number * 2 * DAY
    is_new = at >= CHANGE
    task, factor = f"t{number}", 1 if is_new else 4
    wobble = 1 + (number * 7 % 10) / 20
    end = at + int(factor * DAY * wobble)
    yield entry(task, at, "created", to="to do", type="open", list="1")
    yield entry(task, at + int(factor * HOUR), "status", to="in work", type="custom", list="1")
    yield entry(task, at + HOUR, "version", version="7")
    yield entry(task, end, "deployment", state="succeeded", version="7", environment="production")
    yield entry(task, end + 1, "status", to="done", type="done", list="1")
    yield entry(task, at + 20 * HOUR, "alert", state="firing")
    yield entry(task, at + 20 * HOUR + (2 if is_new else 6) * HOUR, "comment", "I look at it.")
    for link in range(2 if is_new else 6):
        url = f"https://tool{link}.test/x"
        yield entry(task, at + 9 * HOUR + link * HOUR, "comment", url)


@pytest.fixture
def filled(store: Store) -> Store:
    store.timeline.put([entry for number in range(TASKS) for entry in story(number)])
    return store


def measured(store: Store) -> Impact:
    before = Period("range", "before", NOW - 120 * DAY, CHANGE)
    return measure_periods(store, WORKSPACE, before, Period("range", "now", CHANGE, NOW))


def change(impact: Impact, name: str) -> float:
    (effect,) = [effect for effect in impact.effects if effect.name == name]
    assert effect.change is not None and effect.is_clear
    return effect.change.value


def test_what_changed_is_measured_and_the_rest_is_not_enough_data(filled: Store) -> None:
    impact = measured(filled)
    unknown = {effect.name for effect in impact.effects if effect.change is None}

    assert change(impact, "deployment_cycle") == pytest.approx(-0.75, abs=0.05)
    assert change(impact, "incident_first_action") == pytest.approx(-2 / 3, abs=0.01)
    assert change(impact, "tool_switches") < -0.4
    assert {"link_utilisation", "bus_bandwidth", "gpu_idle", "undecided_runs"} <= unknown


def test_a_deployment_of_another_environment_does_not_end_the_cycle(store: Store) -> None:
    """Nor does one that failed; the version that it deploys counts, not a later one."""
    at = NOW - 10 * DAY
    store.timeline.put(
        [
            entry("t", at, "version", version="1"),
            entry("t", at + HOUR, "version", version="2"),
            entry("t", at + 2 * HOUR, "deployment", "a", state="failed", version="1"),
            entry("t", at + 3 * HOUR, "deployment", "b", state="succeeded", environment="staging"),
            entry("t", at + 9 * HOUR, "deployment", "c", state="succeeded", version="1"),
        ]
    )
    impact = measured(store)
    result = evidence.of_store(store, WORKSPACE, CHANGE, NOW)

    samples = [*impact.measures["deployment_cycle"].collect(result)]
    assert [sample.value for sample in samples] == [9 * HOUR]


def test_three_sentences_and_numbers_in_every_format(filled: Store) -> None:
    impact = measured(filled)
    section = document.build_section(impact)
    sentences = document.build_sentences(impact)

    assert len(sentences) == 3
    assert sentences[0].startswith("Better: Inference deployment cycle -7")
    assert "of 0" not in sentences[2]
    assert (
        json.loads(json.dumps(document.to_json(impact)))["measures"]["gpu_idle"]["change"] is None
    )
    assert len(next(iter(section.tables())).rows) == len(impact.measures)


def test_hours_are_compared_where_the_same_class_of_jobs_ran(store: Store) -> None:
    """More hours with training make busier links, and no effect."""
    from clickup_mlops.features.impact.measures import link_utilisation
    from clickup_mlops.features.impact.model import Evidence, Hours
    from tests.features.impact.jobs import training

    start = CHANGE // HOUR * HOUR
    values = {start + n * HOUR: 80.0 if n % 4 == 0 else 10.0 for n in range(80)}
    traces = [training(hour, hour + HOUR) for hour, value in values.items() if value > 50]
    period = Evidence(traces, start, start + 80 * HOUR, hours=lambda _name: Hours(values))
    samples = [*link_utilisation.collect(period)]

    assert {sample.value for sample in samples if sample.stratum == ("training runs",)} == {80.0}
    assert {sample.value for sample in samples if sample.stratum != ("training runs",)} == {10.0}


def test_a_day_that_is_none_or_to_come_is_refused(connected: Cli) -> None:
    for day in ("yesterday", "2026-13-01", "2999-01-01"):
        ran = connected("impact", day)
        assert ran.code == 1 and day in ran.err


def test_the_command_says_what_is_not_known(connected: Cli) -> None:
    """Of an empty store nothing is claimed."""
    ran = connected("impact", "2026-06-01", "--json")
    result = json.loads(ran.out)

    assert ran.code == 0
    assert all(measure["change"] is None for measure in result["measures"].values())
    assert connected("impact", "2026-06-01").out.startswith("Nothing is clearly better.")


def test_the_period_before_is_as_long_as_asked_for() -> None:
    before, now = around("2026-06-01", 30, NOW + 9_000 * DAY)

    assert now.start_ms == int(datetime(2026, 6, 1, tzinfo=UTC).timestamp() * 1000)
    assert now.start_ms - before.start_ms == 30 * DAY
