"""The summary of a verification survives the store, and never loses a count."""

from pathlib import Path

from clickup_mlops.features.migration.verification_summary import (
    MOST_LISTED,
    SCOPE,
    Difference,
    VerificationSummary,
    from_json,
    to_json,
)
from clickup_mlops.store import Store

DIFFERENCE = Difference("17", "Due date", "2026-06-15", "2026-06-14", name="Train", board="1")


def test_it_comes_back_from_the_store(tmp_path: Path) -> None:
    """What is saved as a note is read as the same value."""
    summary = VerificationSummary(
        at_ms=5, boards=("1",), compared=9, equal=7, differences=(DIFFERENCE,), missing=("18",)
    )
    with Store.open(f"sqlite:///{tmp_path / 'bot.db'}") as store:
        store.notes.put(SCOPE, "move", to_json(summary), 5)
        note = store.notes.get(SCOPE, "move")

    assert note is not None
    json = from_json(note.value)
    assert json.differences == summary.differences
    assert json.counts == (1, 1, 0)
    assert not json.is_clean


def test_long_lists_are_cut_and_still_counted() -> None:
    """At most so many are kept one by one, but the count is that of all."""
    many = tuple(str(number) for number in range(MOST_LISTED + 10))

    json = from_json(to_json(VerificationSummary(at_ms=1, missing=many)))

    assert len(json.missing) == MOST_LISTED
    assert json.counts == (0, MOST_LISTED + 10, 0)


def test_equal_sides_are_clean() -> None:
    """Nothing different, missing or extra: clean."""
    assert VerificationSummary(at_ms=1, compared=3, equal=3).is_clean
