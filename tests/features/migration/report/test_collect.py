"""A report comes from the store alone: records, journal, and the last verification."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.migration import verification_summary
from clickup_mlops.features.migration.journal import Journal
from clickup_mlops.features.migration.report import render
from clickup_mlops.features.migration.report.collect import collect
from clickup_mlops.features.migration.report.model import MOST_FAILURES, Report
from clickup_mlops.features.migration.staging import fetch
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps
from clickup_mlops.features.migration.verification_summary import VerificationSummary
from clickup_mlops.store import Store
from tests.features.migration.memory_source import MemorySource
from tests.features.migration.small_migration import comment, convert, mapping, records

NOW_MS = 1_795_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """With the small migration read into it."""
    held = records()
    source = MemorySource(held.board_list, held.item_list, held.update_list, held.asset_list)
    source.problems.append("row 7 has no name")
    with Store.open(f"sqlite:///{tmp_path / 'bot.db'}") as opened:
        fetch(source, opened.migration_records, mapping())
        yield opened


@pytest.fixture
def journal(store: Store) -> Journal:
    """Of the small migration."""
    return Journal(store.table(MigrationSteps), "move", lambda: NOW_MS)


def report_of(store: Store) -> Report:
    """The report of now."""
    return collect(
        store,
        mapping(),
        "move.toml",
        missing=("live formulas",),
        convert=convert,
        comment=comment,
    )


def test_the_journal_says_what_moved_and_what_failed(store: Store, journal: Journal) -> None:
    """Done and failed steps, with the item's name and the reason; undone ones are to do again."""
    journal.complete("task:10", "t1", "h", {"item": "10"})
    journal.failed("comment:u1", "too long. Shorten it.", "h", {"item": "10"})
    journal.failed("file:77:f", "gone", "h", {"item": "77"})
    journal.complete("task:11", "t2", "h", {"item": "11"})
    journal.undone(list(journal.of("task"))[1:])

    result = report_of(store)

    assert result.survey.counts["task"].done == 1
    assert result.survey.counts["comment"].failed == 1
    assert {(failure.item, failure.reason) for failure in result.failures} == {
        ("Ranker", "too long. Shorten it."),
        ("77", "gone"),
    }
    assert (result.failed, result.undone, result.as_of_ms) == (2, 1, NOW_MS)


def test_time_is_found_whatever_the_persons_id_is_in_clickup(
    store: Store, journal: Journal
) -> None:
    """A report asks nobody, so it does not know the ids that a run has used."""
    journal.complete("time:13:5:60000:81000051", "e1", "h", {"item": "13"})

    assert report_of(store).survey.counts["time"].done == 1


def test_the_first_failures_are_listed(store: Store, journal: Journal) -> None:
    """All are counted."""
    for number in range(MOST_FAILURES + 5):
        journal.failed(f"comment:{number}", "no", "h", {})

    result = report_of(store)

    assert (len(result.failures), result.failed) == (MOST_FAILURES, MOST_FAILURES + 5)


def test_the_last_verification_is_in_it(store: Store) -> None:
    """As it was saved."""
    assert report_of(store).verification is None
    saved = VerificationSummary(at_ms=NOW_MS, compared=4, equal=4)
    value = verification_summary.to_json(saved)
    store.notes.put(verification_summary.SCOPE, "move", value, NOW_MS)

    verification = report_of(store).verification

    assert verification is not None
    assert verification.is_clean
    assert (verification.compared, verification.at_ms) == (4, NOW_MS)


def test_people_are_matched_as_the_mapping_says(store: Store) -> None:
    """No call is needed: whoever has an e-mail address in the mapping is a user."""
    assert [person.id for person in report_of(store).survey.people] == ["2"]


def test_the_same_state_gives_the_same_bytes(store: Store, journal: Journal) -> None:
    """Also after the store was opened again."""
    journal.complete("task:10", "t1", "h", {"item": "10"})

    assert render.html(report_of(store)) == render.html(report_of(store))


def test_without_records_there_is_no_report(tmp_path: Path) -> None:
    """It says what reads them."""
    with (
        Store.open(f"sqlite:///{tmp_path / 'empty.db'}") as store,
        pytest.raises(InputError) as caught,
    ):
        report_of(store)

    assert "migrate plan" in caught.value.hint
