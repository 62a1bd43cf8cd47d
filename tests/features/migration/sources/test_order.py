"""The order in which records reach a run."""

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.migration.records import Item, Update
from clickup_mlops.features.migration.sources._order import oldest_first, parents_first
from clickup_mlops.features.migration.sources._problems import MOST, Problems


def item(key: int, parent: int | None) -> Item:
    return Item(str(key), "b", f"item {key}", parent_id=None if parent is None else str(parent))


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.none() | st.integers(0, 15)), unique_by=lambda p: p[0]
    )
)
def test_every_item_comes_once_and_after_its_parent(pairs: list[tuple[int, int | None]]) -> None:
    """Also with a parent that is missing; of a cycle, one is first."""
    given_items = [item(key, parent) for key, parent in pairs]

    result = list(parents_first(given_items))

    assert sorted(entry.id for entry in result) == sorted(
        given_item.id for given_item in given_items
    )
    parents = {given_item.id: given_item.parent_id for given_item in given_items}
    place = {entry.id: n for n, entry in enumerate(result)}
    for entry in result:
        if entry.parent_id in place and not _is_in_cycle(entry.id, parents):
            assert place[entry.parent_id] < place[entry.id]


def _is_in_cycle(key: str, parents: dict[str, str | None]) -> bool:
    observations: set[str] = set()
    at: str | None = key
    while at is not None and at not in observations:
        observations.add(at)
        at = parents.get(at)
    return at is not None


def test_items_in_order_stay_in_order() -> None:
    """Nothing waits without need."""
    items = [item(1, None), item(3, 1), item(2, None), item(4, 3)]

    assert list(parents_first(items)) == items


@given(st.lists(st.tuples(st.none() | st.integers(0, 10**13), st.integers(1, 3))))
def test_threads_come_oldest_first_and_stay_together(shapes: list[tuple[int | None, int]]) -> None:
    """Each update as it was given."""
    threads = [
        [
            Update(
                f"{n}.{reply}", "i", "ü <p>\n", created_ms=at, reply_to=str(n) if reply else None
            )
            for reply in range(length)
        ]
        for n, (at, length) in enumerate(shapes)
    ]

    result = list(oldest_first(threads))

    expected = sorted(threads, key=lambda thread: thread[0].created_ms or 0)
    assert result == [update for thread in expected for update in thread]


def test_problems_that_are_alike_stay_short() -> None:
    """The last sentence says how many more there are."""
    problems = Problems()
    for n in range(MOST + 3):
        problems.add("a kind", f"a {n}")
        problems.add(f"kind {n}", f"b {n}")

    assert "a kind: 3 more" in problems.sentences
    assert len(problems.sentences) == MOST + 1 + MOST + 3
