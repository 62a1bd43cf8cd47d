"""Counts of how work flows: of the time that is asked for, and of the tasks that are open."""

import random
from collections.abc import Iterator
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from clickup_mlops.features.migration.tables.migration_steps import DONE as MOVED
from clickup_mlops.features.migration.tables.migration_steps import JournaledStep, MigrationSteps
from clickup_mlops.features.provisioning.tables.provisions import Provisions, StepRow
from clickup_mlops.flow.weeks import count_per_bucket, list_days_before
from clickup_mlops.store import DONE, Store, Write
from clickup_mlops.store.queries.flow import Count, Entered, UnderWay
from clickup_mlops.store.queries.pieces import BUCKET_MS
from clickup_mlops.store.tables.notes import ORIGIN
from clickup_mlops.store.tables.timeline import Entry
from tests.empty import store_at

HOUR = 4 * BUCKET_MS
DAY = 24 * HOUR
_numbers = count()
W = "900"


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for many examples, each in a Workspace of its own."""
    with Store.open(store_at(tmp_path_factory.mktemp("flows") / "bot.db")) as store:
        yield store


def created(task: str, at_ms: int, list_id: str = "55", workspace: str = W) -> Entry:
    value = {"to": "to do", "type": "open", "list": list_id}
    return Entry(f"created:{task}", workspace, task, at_ms, "created", "Created", value=value)


def moved(task: str, at_ms: int, to: str, type_: str, **more: Any) -> Entry:
    value = {"to": to, "type": type_, "list": "55"} | more
    return Entry(f"{task}:{to}:{at_ms}", W, task, at_ms, "status", to, value=value)


def finished(task: str, at_ms: int, type_: str = "closed", **more: Any) -> Entry:
    return moved(task, at_ms, "complete", type_, **more)


def mirrored(store: Store, task: str, *, closed: bool = False, **more: Any) -> None:
    status = {"status": "x", "type": "closed" if closed else "custom"}
    raw = {"id": task, "list": {"id": "55"}, "date_updated": "1", "status": status} | more
    store.mirror.put_many(W, [raw], 1)


def decided(store: Store, task: str, workload: str) -> None:
    store.decisions.put(task, {"workload": workload, "priority": 2}, "e", 1)


def test_creations_are_counted_by_quarters_of_an_hour(store: Store) -> None:
    """Those of another time or Workspace do not count."""
    entries = [created("a", HOUR), created("b", HOUR + 1), created("c", HOUR, "66")]
    entries += [created("d", HOUR + BUCKET_MS), created("e", 3 * HOUR)]
    store.timeline.put([*entries, created("f", HOUR, workspace="901")])

    assert store.flows.created(W, HOUR, 3 * HOUR) == [
        Count("", HOUR, 3),
        Count("", HOUR + BUCKET_MS, 1),
    ]


def test_what_the_bot_created_is_no_arrival(store: Store) -> None:
    """Neither of an automation, nor of provisioning or a migration, though that is forgotten; a
    copy that a person made is one.
    """
    names = ("made", "starter", "moved", "forgotten", "copy", "own", "comment")
    store.timeline.put([created(name, HOUR) for name in names])
    for kind, receipt in (("task:follow_up", "made"), ("comment:follow_up", "comment")):
        write = store.journal.begin(Write("t", kind, None, {}, "w:1", "follow_up"), 1)
        store.journal.finish(write, DONE, 2, receipt=receipt)
    for action, task in (("create", "starter"), ("update", "own")):
        step = store.table(Provisions).begin_step(StepRow(1, "[]", action, None, {}), 1)
        store.table(Provisions).made(step, task)
    store.table(MigrationSteps).put("m", [JournaledStep("task:9", "task", MOVED, target="moved")])
    store.notes.put(ORIGIN, "forgotten", {"by": "a migration imported it"}, 1)
    store.notes.put(ORIGIN, "copy", {"by": "a template", "lines": ["ab"]}, 1)

    assert store.flows.created(W, HOUR, 2 * HOUR) == [Count("", HOUR, 3)]
    assert store.flows.created_by_bot(W, HOUR, 2 * HOUR) == {*names} - {"copy", "own", "comment"}
    assert store.flows.created_by_bot(W, 2 * HOUR, 3 * HOUR) == frozenset()


def test_a_task_counts_once_when_it_was_finished_last(store: Store) -> None:
    """However often it was opened again, and whether it is done or closed."""
    store.timeline.put([finished("a", HOUR), moved("a", 2 * HOUR, "live", "custom")])
    store.timeline.put([finished("a", 3 * HOUR, "done"), finished("b", HOUR)])

    result = store.flows.finished(W, 0, 9 * HOUR)
    assert [
        (finished_in_task_list.at_ms, finished_in_task_list.count)
        for finished_in_task_list in result
    ] == [(HOUR, 1), (3 * HOUR, 1)]


def test_steps_are_those_of_the_tasks_that_were_finished_last(store: Store) -> None:
    """All their steps, also those before; of one workload, if it is named."""
    for number, task in enumerate("abc"):
        at_ms = (number + 1) * HOUR
        store.timeline.put([created(task, 1), finished(task, at_ms)])
        decided(store, task, "inference" if task == "a" else "training")
    decided(store, "b", "inference")

    def tasks(limit: int, workload: str = "") -> list[str]:
        finished_steps = store.flows.finished_steps(W, HOUR, 9 * HOUR, limit, workload)
        assert [finished_step.kind for finished_step in finished_steps] == ["created", "status"] * (
            len(finished_steps) // 2
        )
        return [place.task_id for place in finished_steps][::2]

    assert tasks(9) == ["a", "b", "c"]
    assert tasks(2) == ["b", "c"]
    assert tasks(9, "inference") == ["a", "b"]
    assert tasks(2, "inference") == ["b"]
    assert tasks(9, "batch") == []


def test_work_under_way_is_what_is_open_and_begun(store: Store) -> None:
    """The longest first: since when it has its status, and since when work on it began."""
    for task in "abcd":
        mirrored(store, task, closed=task == "c")
    store.timeline.put([created("a", 10), moved("a", 40, "canary", "custom")])
    store.timeline.put([created("b", 10), moved("b", 20, "canary", "custom")])
    store.timeline.put([moved("b", 50, "live", "custom", found=True), created("d", 1)])
    store.timeline.put([moved("c", 5, "canary", "custom"), moved("x", 5, "canary", "custom")])

    assert store.flows.under_way(W) == [
        UnderWay("b", "55", "live", "custom", 50, 20, True),
        UnderWay("a", "55", "canary", "custom", 40, 40, False),
    ]
    assert store.flows.under_way("901") == []


def test_open_tasks_of_a_workload_are_counted_and_the_oldest_shown(store: Store) -> None:
    """By the newest decision."""
    for number, task in enumerate("abcd"):
        mirrored(store, task)
        store.timeline.put([created(task, 100 - number)])
        decided(store, task, "training")
    decided(store, "d", "inference")

    result, total = store.flows.open_of(W, "training", 2)
    assert ([place.task_id for place in result], total) == (["c", "b"], 3)
    assert result[0] == UnderWay("c", "55", "to do", "open", 98, None, False)
    assert store.flows.open_of(W, "batch", 2) == ([], 0)


def test_milestones_are_found_by_their_type(store: Store) -> None:
    """Open ones; a task that is no milestone any more is none."""
    mirrored(store, "a", custom_item_id=1)
    mirrored(store, "b", custom_item_id=1004)
    mirrored(store, "c", custom_item_id=0)
    mirrored(store, "d", custom_item_id=1, closed=True)
    mirrored(store, "e", custom_item_id=1)
    mirrored(store, "e", custom_item_id=None, date_updated="2")

    assert [milestone["id"] for milestone in store.flows.open_milestones(W, 9)] == ["a"]
    assert store.flows.open_milestones("901", 9) == []
    assert [closed_milestone["id"] for closed_milestone in store.flows.closed_milestones(W, 9)] == [
        "d"
    ]


def test_parts_are_found_by_id_and_by_parent(store: Store) -> None:
    """Each once, open or not."""
    mirrored(store, "a", parent="m")
    mirrored(store, "b", parent="m", closed=True)
    mirrored(store, "c")

    places = store.flows.places(["a", "c", "unknown"], ["m", "n"])
    assert sorted((place.task_id, place.parent_id, place.is_open) for place in places) == [
        ("a", "m", True),
        ("b", "m", False),
        ("c", None, True),
    ]
    assert store.flows.places([], []) == []
    assert store.flows.open_in_lists() == {"55": 2}


def test_counts_do_not_depend_on_the_order_in_which_entries_came(store: Store) -> None:
    """As the same period gives the same report."""
    entries = [created(f"t{n}", n * BUCKET_MS // 3) for n in range(30)]
    entries += [finished(f"t{n}", n * BUCKET_MS) for n in range(30)]
    random.Random(1).shuffle(entries)
    store.timeline.put(entries)

    assert store.flows.known_since_ms(W) == 0
    assert (
        sum(
            finished_in_task_list.count
            for finished_in_task_list in store.flows.finished(W, 0, 2**50)
        )
        == 30
    )
    result = store.flows.created(W, 0, 2**50)
    assert result == sorted(result, key=lambda milestone: milestone.at_ms)


@given(
    times=st.lists(st.integers(0, 20 * DAY), max_size=40),
    bounds=st.lists(st.integers(0, 20 * DAY), max_size=14, unique=True).map(sorted),
)
def test_counts_keep_to_the_bounds(lasting: Store, times: list[int], bounds: list[int]) -> None:
    """Whatever they are, as many are between two bounds as were created there."""
    workspace = f"w{next(_numbers)}"
    lasting.timeline.put(
        [
            created(f"{workspace}:{number}", at_ms, workspace=workspace)
            for number, at_ms in enumerate(times)
        ]
    )
    result = lasting.flows.created(workspace, 0, 21 * DAY, bounds)
    counted = [
        (finished_in_task_list.at_ms, finished_in_task_list.count)
        for finished_in_task_list in result
    ]

    exact = count_per_bucket([(at_ms, 1) for at_ms in times], bounds)
    assert sum(milestone.count for milestone in result) == len(times)
    if len(bounds) <= 8:
        assert count_per_bucket(counted, bounds) == exact


def test_days_are_counted_over_a_change_of_the_clocks(store: Store) -> None:
    """The night of October 25 has an hour more in Madrid: its last hour is still of that day."""
    days = list_days_before(1_793_100_000_000, 10, "Europe/Madrid")
    assert {after - before for before, after in pairwise(days)} == {DAY, DAY + HOUR}
    edges = [at_ms + shift for at_ms in days[1:-1] for shift in (-1, 0)]
    store.timeline.put([finished(f"t{number}", at_ms) for number, at_ms in enumerate(edges)])

    finished_in_lists = store.flows.finished_in_lists(W, days[0], days[-1], days)
    assert count_per_bucket(
        [
            (finished_in_task_list.at_ms, finished_in_task_list.count)
            for finished_in_task_list in finished_in_lists
        ],
        days,
    ) == [1, *[2] * 8, 1]
    assert len(finished_in_lists) <= len(days)  # the hour that is too many counts apart


def test_the_list_of_a_finished_task_is_that_of_its_last_end(store: Store) -> None:
    """It may have moved in between; two ends at once are one."""
    store.timeline.put([finished("a", HOUR, list="99"), finished("a", 2 * HOUR, list="11")])
    store.timeline.put([finished("b", HOUR), moved("b", HOUR, "released", "done")])

    finished_in_lists = store.flows.finished_in_lists(W, 0, 9 * HOUR)
    assert [
        (finished_in_task_list.list_id, finished_in_task_list.count)
        for finished_in_task_list in finished_in_lists
    ] == [("55", 1), ("11", 1)]


def test_statuses_are_given_as_they_were_entered(store: Store) -> None:
    """Creations first; of the time that is asked for, and of tasks."""
    store.timeline.put([moved("a", 20, "live", "custom"), created("a", 10), created("b", 30)])
    store.timeline.put([Entry("x", W, "", 15, "status", "x"), finished("c", 99)])

    assert [*store.flows.entered(W, 5, 50)] == [
        Entered("a", 10, "to do", "open", "55", True),
        Entered("b", 30, "to do", "open", "55", True),
        Entered("a", 20, "live", "custom", "55", False),
    ]


def test_all_milestones_are_known_finished_ones_too(store: Store) -> None:
    """Reports tell what became of them."""
    mirrored(store, "a", custom_item_id=1)
    mirrored(store, "b", custom_item_id=1, closed=True)
    mirrored(store, "c", custom_item_id=0)

    assert sorted(milestone["id"] for milestone in store.flows.milestones(W)) == ["a", "b"]
    assert store.flows.milestones("901") == []
    assert store.mirror.filter_known(["a", "c", "x"]) == {"a", "c"}
    assert store.mirror.filter_known([]) == frozenset()


def test_decisions_from_before_their_workload_was_a_column_count(store: Store) -> None:
    """Their bodies name it."""
    decided(store, "a", "inference")
    decided(store, "b", "training")
    store.decisions.put("c", {"workload": "inference", "tier": "breach"}, "e", 5)
    store.database.write(lambda c: c.execute(text("update decision set workload = null")))
    decided(store, "b", "inference")

    assert store.decisions.workloads_before(9) == dict.fromkeys("abc", "inference")
    assert store.decisions.workloads_before(5) == dict.fromkeys("ab", "inference")
    result = {("a", "None"), ("b", "None"), ("c", "breach")}
    assert store.periods.tiers("inference", 0, 9) == result
    assert store.periods.tiers("training", 0, 9) == {("b", "None")}
    assert store.periods.decided(5, 9) == {"c"}
