"""Rotations are fair, and a task keeps its turn."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from clickup_mlops.store import Store

MEMBERS = (1, 2, 3)


def test_everybody_gets_as_many_tasks(store_url: str) -> None:
    """Also if many tasks come at once, from several processes."""
    with closing(Store.open(store_url)) as store, closing(Store(store_url)) as second:

        def take(number: int) -> int:
            store_ = store if number % 2 else second
            return store_.rotation_assignments.take("serving", f"t{number}", MEMBERS, number)

        with ThreadPoolExecutor(4) as pool:
            used = [*pool.map(take, range(30))]

    assert {member: used.count(member) for member in MEMBERS} == dict.fromkeys(MEMBERS, 10)


def test_a_task_keeps_its_turn_until_its_member_leaves(store_url: str) -> None:
    """Asked again after a crash, nobody is skipped."""
    with closing(Store.open(store_url)) as store:
        assert store.rotation_assignments.take("serving", "a", MEMBERS, 1) == 1
        assert store.rotation_assignments.take("serving", "a", MEMBERS, 2) == 1
        assert store.rotation_assignments.take("serving", "b", MEMBERS, 3) == 2
        assert store.rotation_assignments.take("serving", "a", (2, 3), 4) == 3
        assert store.rotation_assignments.take("other", "a", MEMBERS, 5) == 1
