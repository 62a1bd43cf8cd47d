"""Incidents: one open for a task, one for a key, however many tasks come at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from clickup_mlops.features.incidents.consumer import IncidentConsumer
from clickup_mlops.features.incidents.subject import (
    SUBJECTS,
    joined,
    joined_by_people,
    match,
    of,
    taken_apart,
)
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.store import Store

MINUTE = 60_000
HOUR = 60 * MINUTE


def build_incident(task: str, at_ms: int, key: str = "chat-70b") -> Incident:
    """What a task wants to open at that time."""
    return Incident(
        f"{task}-{at_ms}",
        "w",
        task,
        f"{task} is down",
        at_ms,
        room="r",
        key=key,
        details={"a": [1]},
    )


def test_tasks_with_one_key_share_one_incident(store: Store) -> None:
    """The first one opens it; another key is another incident."""
    first = store.table(Incidents).enter(build_incident("a", 1_000), 0)
    joined = store.table(Incidents).enter(build_incident("b", 2_000), 0)
    separate = store.table(Incidents).enter(build_incident("c", 3_000, "ranker"), 0)

    assert (first, joined, separate.id) == (build_incident("a", 1_000), first, "c-3000")
    assert [row.task_id for row in store.table(Incidents).tasks(first.id)] == ["a", "b"]
    assert store.table(Incidents).open_of("b") == first
    assert [row.id for row in store.table(Incidents).between("w", 0, 10_000)] == [
        "a-1000",
        "c-3000",
    ]
    assert store.table(Incidents).of_task("b") == []


def test_whatever_is_done_twice_is_done_once(store: Store) -> None:
    """After a crash each step comes again."""
    incident = build_incident("a", 1_000)
    assert (
        store.table(Incidents).enter(incident, 0)
        == store.table(Incidents).enter(incident, 0)
        == incident
    )
    again = replace(incident, id="a-1500", opened_ms=1_500)
    assert store.table(Incidents).enter(again, 0) == incident

    closed = replace(incident, closed_ms=5_000).with_leaving("a", {"closed_ms": 5_000})
    assert store.table(Incidents).leave(incident.id, "a", 5_000) == closed
    assert store.table(Incidents).leave(incident.id, "a", 6_000) == closed
    assert store.table(Incidents).leave("unknown", "a", 6_000) is None


def test_the_last_task_closes_it(store: Store) -> None:
    """While another one is affected, it goes on."""
    incident = store.table(Incidents).enter(build_incident("a", 1_000), 0)
    store.table(Incidents).enter(build_incident("b", 2_000), 0)

    facts = {"quiet": True}
    incident = incident.with_leaving("a", {**facts, "closed_ms": 3_000})
    assert store.table(Incidents).leave(incident.id, "a", 3_000, facts) == incident
    assert (store.table(Incidents).open_of("a"), store.table(Incidents).latest_of("a")) == (
        None,
        incident,
    )
    closed = store.table(Incidents).leave(incident.id, "b", 4_000)
    assert closed == replace(incident, closed_ms=4_000).with_leaving("b", {"closed_ms": 4_000})
    assert store.table(Incidents).get(incident.id) == closed


@pytest.mark.parametrize(("later_ms", "is_same"), [(HOUR, True), (HOUR + 1, False)])
def test_one_that_flaps_opens_again_within_its_window(
    store: Store, later_ms: int, *, is_same: bool
) -> None:
    """Later it is another one."""
    incident = store.table(Incidents).enter(build_incident("a", 1_000), 0)
    store.table(Incidents).leave(incident.id, "a", 2_000)

    entered = store.table(Incidents).enter(
        build_incident("a", 2_000 + later_ms), 2_000 + later_ms - HOUR
    )

    assert (entered.id == incident.id) is is_same
    assert entered.is_open
    assert store.table(Incidents).open_of("a") == entered


def test_tasks_that_come_at_once_open_one_and_close_it_once(store_url: str) -> None:
    """From several threads and processes: none is left behind, none is doubled."""
    tasks = [f"t{number}" for number in range(24)]
    with closing(Store.open(store_url)) as store, closing(Store(store_url)) as second_store:

        def enter(number: int) -> str:
            chosen_store = store if number % 2 else second_store
            return (
                chosen_store.table(Incidents)
                .enter(build_incident(tasks[number], 1_000 + number), 0)
                .id
            )

        def leave(number: int) -> Incident | None:
            chosen_store = store if number % 2 else second_store
            return chosen_store.table(Incidents).leave(incident_id, tasks[number], 5_000 + number)

        with ThreadPoolExecutor(8) as pool:
            (incident_id,) = {*pool.map(enter, range(24))}
            assert {row.task_id for row in store.table(Incidents).tasks(incident_id)} == {*tasks}
            ends = {row.closed_ms for row in pool.map(leave, range(24)) if row}
        incident = store.table(Incidents).get(incident_id)

    assert incident is not None
    assert ends == {None, incident.closed_ms}
    assert incident.closed_ms is not None


def test_open_incidents_outlive_retention(store: Store) -> None:
    """Closed ones go with their tasks."""
    incident = store.table(Incidents).enter(build_incident("a", 1_000), 0)
    store.table(Incidents).enter(build_incident("b", 2_000, "ranker"), 0)
    store.table(Incidents).leave(incident.id, "a", 3_000)

    store.retention.prune({"timeline": 4_000}, 99_000)

    assert [row.task_id for row in store.table(Incidents).between("w", 0, 9_000)] == ["b"]
    assert store.table(Incidents).tasks(incident.id) == []


ONE = Incident("t1-1000", "900", "t1", "Chat is down", 1_000, lead="Ana", room="c7")


@pytest.mark.parametrize(
    ("start", "end", "incidents"),
    [
        (0, 1_000, False),
        (0, 1_001, True),
        (1_500, 1_600, True),
        (2_000, 9_000, True),
        (2_001, 9_000, False),
    ],
)
def test_an_incident_is_found_in_every_time_in_which_it_was_open(
    store: Store, start: int, end: int, *, incidents: bool
) -> None:
    """In its Workspace."""
    store.table(Incidents).put(replace(ONE, closed_ms=2_000))

    assert bool(store.table(Incidents).between("900", start, end)) == incidents
    assert store.table(Incidents).between("901", start, end) == []


def test_it_waits_for_the_next_write_of_the_thread(store: Store) -> None:
    """`wait` False: no transaction of its own."""
    store.table(Incidents).put(ONE, wait=False)
    assert store.table(Incidents).of_task("t1") == []

    store.flush()

    assert store.table(Incidents).of_task("t1") == [ONE]


def test_reports_of_two_processes_about_one_outage_share_an_incident(
    store: Store, store_url: str
) -> None:
    """Alert, service and person by what they have in common, whichever comes first."""
    subjects = (
        {"labels": {"model": ["chat"]}, "alerts": ["k"], "tasks": ["t0"], "names": []},
        {"labels": {}, "alerts": ["k"], "tasks": ["t1"], "names": []},
        {"labels": {"model": ["chat"]}, "alerts": [], "tasks": ["t2"], "names": []},
    )
    with closing(Store.open(store_url)) as second_store:

        def enter(number: int) -> str:
            task, about = f"t{number}", subjects[0 if number < 20 else number % 3]
            desired = replace(
                build_incident(task, 1_000 + number), details={SUBJECTS: {task: about}}
            )
            where = store if number % 2 else second_store
            return where.table(Incidents).enter(desired, 0, match=match, join=joined).id

        with ThreadPoolExecutor(8) as pool:
            (incident_id,) = {*pool.map(enter, range(24))}

    incident = store.table(Incidents).get(incident_id)
    assert incident is not None
    assert set(of(incident)["tasks"]) == {"t0", "t1", "t2"}
    assert len(store.table(Incidents).tasks(incident_id)) == 24


def about(task: str) -> Incident:
    """What it opens, if nothing else is about the task."""
    content = {"labels": {}, "alerts": [], "tasks": [task], "names": []}
    return replace(build_incident(task, 1_000), details={SUBJECTS: {task: content}})


def enter(store: Store, *tasks: str) -> Incident:
    """The first task opens an incident, and people have the others join it."""
    first = store.table(Incidents).enter(about(tasks[0]), 0, match=match, join=joined)
    for task in tasks[1:]:
        store.table(Incidents).enter(about(task), 0, again=first.id, join=joined)
    return first


def test_two_incidents_that_are_joined_to_each_other_at_once_are_one(
    store: Store, store_url: str
) -> None:
    """In two processes: one of them goes on, with all tasks."""
    first, second = enter(store, "a", "b"), enter(store, "c", "d")
    with closing(Store.open(store_url)) as second_store:

        def join(number: int) -> list[str]:
            where, pair = ((store, (first, second)), (second_store, (second, first)))[number % 2]
            return where.table(Incidents).move(
                pair[0].id, pair[1], joined_by_people, 5_000 + number
            )

        with ThreadPoolExecutor(4) as pool:
            moved = [*pool.map(join, range(8))]

    (open_incidents,) = store.table(Incidents).open("w", 9)
    assert [len(ids) for ids in moved if ids] == [2]
    affected = [
        row.task_id
        for row in store.table(Incidents).tasks(open_incidents.id)
        if row.left_ms is None
    ]
    assert sorted(affected) == ["a", "b", "c", "d"]
    assert [row.id for row in store.table(Incidents).between("w", 0, 9_999)] == [open_incidents.id]


def test_what_was_joined_is_taken_apart_as_it_was(store: Store) -> None:
    """With its tasks and times; they do not join by themselves again."""
    first = enter(store, "a")
    second = replace(enter(store, "c", "d"), opened_ms=1_000)
    store.table(Incidents).move(second.id, first, joined_by_people, 5_000)
    both = store.table(Incidents).get(first.id)
    source = store.table(Incidents).get(second.id)
    assert both is not None and source is not None
    assert (source.into, source.closed_ms) == (first.id, 5_000)
    assert set(of(both)["tasks"]) == {"a", "c", "d"}

    assert store.table(Incidents).move(first.id, source, taken_apart({"c", "d"}), 6_000) == [
        "c",
        "d",
    ]
    again, former = store.table(Incidents).get(second.id), store.table(Incidents).get(first.id)
    assert again is not None and former is not None
    assert (again.is_open, again.into, set(of(again)["tasks"])) == (True, "", {"c", "d"})
    assert (former.opened_ms, set(of(former)["tasks"])) == (first.opened_ms, {"a"})
    assert store.table(Incidents).open_of("d") == again


def test_a_task_that_was_moved_leaves_the_incident_that_it_is_in(store: Store) -> None:
    """Whichever was known to who ends it; the last task closes it."""
    first, second = enter(store, "a"), enter(store, "c")
    store.table(Incidents).move(second.id, first, joined_by_people, 5_000)

    ended = store.table(Incidents).leave(second.id, "c", 6_000)
    assert ended is not None and ended.id == first.id and ended.is_open
    ended = store.table(Incidents).leave(first.id, "a", 7_000)
    assert ended is not None and not ended.is_open


def test_comments_of_the_time_before_a_task_joined_again_belong_to_its_incident(
    store: Store,
) -> None:
    """An alert flaps: what was said about its first time may be found after the second."""
    incidents, opened_ms = store.table(Incidents), 600 * MINUTE
    for minute in (0, 20):
        at_ms = opened_ms + minute * MINUTE
        incidents.enter(build_incident("t", at_ms), opened_ms - HOUR, joined_ms=at_ms)
        incidents.leave(f"t-{opened_ms}", "t", at_ms + 5 * MINUTE)
    consumer = IncidentConsumer(store, lambda: None)

    assert consumer.keeps_comments("t", opened_ms + 3 * MINUTE)
    assert not consumer.keeps_comments("t", opened_ms - 3 * MINUTE)
