"""Lanes of open tasks, read from columns: order, counts, what waits and what is held."""

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickup_mlops.features.dashboard.work_queue import lane
from clickup_mlops.routing.decision import TIERS, WORKLOADS, Decision, Tier, Workload
from clickup_mlops.routing.order import compute_position, is_quiet
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store
from clickup_mlops.store.queries.lanes import WaitsFor
from clickup_mlops.store.tables.notes import LATCH, WAITS
from clickup_mlops.store.tables.overrides import IMPORT

NOW_MS = 1_795_680_000_000
CHANGES = itertools.count(NOW_MS)
TASKS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from((None, 1, 2, 3, 4)),
        st.integers(0, 3),
        st.booleans(),
        st.sampled_from((None, *WORKLOADS)),
        st.sampled_from(TIERS),
        st.booleans(),
    ),
    max_size=12,
)


def put(
    store: Store,
    task_id: str,
    *,
    priority: int | None = 3,
    created_ms: int = 1,
    is_open: bool = True,
    workload: Workload | None = "training",
    tier: Tier = "normal",
    serves: bool = False,
) -> Decision | None:
    """A task as it was read, and a decision about it if a workload is given."""
    raw: dict[str, Any] = {
        "id": task_id,
        "status": {"type": "open" if is_open else "closed"},
        "priority": priority and {"id": f"{priority}"},
        "date_created": f"{created_ms}" if created_ms else None,
        "date_updated": f"{next(CHANGES)}",
    }
    store.mirror.put_many("9", [raw], NOW_MS)
    if workload is None:
        return None
    decision = Decision(task_id, priority, None, workload, tier, "x", ("Because.",), serves=serves)
    store.decisions.put(task_id, decision.to_dict(), "k", NOW_MS)
    return decision


@given(changes=TASKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_the_order_is_that_of_a_plain_sort(store: Store, changes: list[Any]) -> None:
    """Whatever happened to the tasks before: the last state and the newest decision count."""
    existing: dict[str, Any] = {}
    for number in range(6):
        existing[f"t{number}"] = None, 0, False, put(store, f"t{number}", is_open=False)
    for number, priority, created_ms, is_open, workload, tier, serves in changes:
        old = existing[f"t{number}"]
        decided = put(
            store,
            f"t{number}",
            priority=priority,
            created_ms=created_ms,
            is_open=is_open,
            workload=workload,
            tier=tier,
            serves=serves,
        )
        existing[f"t{number}"] = priority, created_ms, is_open, decided or old[3]
    for workload in WORKLOADS[:4]:
        positions = sorted(
            compute_position(decided, priority, created_ms, task_id)
            for task_id, (priority, created_ms, is_open, decided) in existing.items()
            if is_open and decided.workload == workload and not is_quiet(decided)
        )
        result, total = store.lanes.first(workload, 3)
        assert result == [position[-1] for position in positions[:3]]
        assert total == len(positions)


def test_a_task_that_is_gone_meanwhile_is_left_out(store: Store) -> None:
    """Between two selects it may be deleted."""
    put(store, "a", workload="inference")
    put(store, "b", workload="inference")
    assert [place.task.id for place in lane(store, Policy(), "inference", NOW_MS, 9).places] == [
        "a",
        "b",
    ]
    store.mirror.remove("a")
    result = lane(store, Policy(), "inference", NOW_MS, 9)
    assert ([place.task.id for place in result.places], result.total) == (["b"], 1)


def test_waiting_tasks_of_the_lane_the_longest_first(store: Store) -> None:
    """Closed ones and other lanes are left out."""
    for number, task_id in enumerate(("late", "early", "closed", "serving")):
        put(
            store,
            task_id,
            is_open=task_id != "closed",
            workload="inference" if task_id == "serving" else "training",
        )
        store.notes.put(WAITS, task_id, {"for": ["x"], "as": "other"}, NOW_MS - number)

    result, total = store.lanes.waiting("training", 1)
    assert (result, total) == ([WaitsFor("early", ("x",), NOW_MS - 1)], 2)
    assert store.lanes.waiting("data", 9) == ([], 0)


def test_held_priorities_of_the_lane_those_that_end_first(store: Store) -> None:
    """What is over, imported, of another lane or left to the policy is not there."""
    untils = {"second": 20, "first": 10, "over": -1, "import": 5, "serving": 1, "cleared": 2}
    for task_id, after_ms in untils.items():
        put(store, task_id, workload="inference" if task_id == "serving" else "training")
        origin: Any = IMPORT if task_id == "import" else "change"
        priority = None if task_id == "cleared" else 1
        store.overrides.put(task_id, priority, 7, 1, NOW_MS + after_ms, origin=origin)

    result, total = store.lanes.held("training", NOW_MS, 9)
    assert ([row.task_id for row in result], total) == (["first", "second"], 2)
    assert [place.task_id for place in store.overrides.ending(NOW_MS, 2)] == ["serving", "first"]
    assert store.overrides.get_many(["first", "over"], NOW_MS).keys() == {"first"}


def test_latched_tasks_are_those_of_exactly_this_automation(store: Store) -> None:
    """A name that looks like it is another one: `_` is no placeholder."""
    for name in ("a_b:t1", "axb:t2", "a_b_c:t3", "a_b:gone"):
        store.notes.put(LATCH, name, True, NOW_MS)
    for task_id in ("t1", "t2", "t3"):
        put(store, task_id)

    assert store.lanes.latched("a_b", "training", 9) == ([("t1", NOW_MS)], 1)


def test_which_finished_tasks_serve_is_found_out_anew(store: Store) -> None:
    """When the policy says otherwise; what is closed or was never finished stays as it is."""
    kinds = {"release": "done", "other": "done", "gone": "closed", "work": "open"}
    raws = [{"id": name, "name": name, "status": {"type": kind}} for name, kind in kinds.items()]
    store.mirror.put_many("9", raws, NOW_MS)
    assert [row.task_id for row in store.mirror.each_open()] == ["work"]

    store.mirror.serves = lambda raw: raw["name"] in ("release", "gone", "work")
    assert store.mirror.update_services() == 1
    assert [row.task_id for row in store.mirror.each_open()] == ["release", "work"]
    assert store.flows.open_in_lists() == {"": 1}
    assert store.mirror.update_services() == 0

    store.mirror.serves = lambda _raw: False
    assert store.mirror.update_services() == 1
    assert [row.task_id for row in store.mirror.each_open()] == ["work"]
