"""Collects a report from the store: records, journal, and the last verification. No calls."""

from collections.abc import Iterator, Sequence
from itertools import islice

from clickup_mlops.clickup.model import Person as Member
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration import verification_summary
from clickup_mlops.features.migration.comments import comment
from clickup_mlops.features.migration.convert import convert
from clickup_mlops.features.migration.journal import KINDS, read_written
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.people import Directory
from clickup_mlops.features.migration.plan.survey import survey
from clickup_mlops.features.migration.plan.world import Comment, Convert, World
from clickup_mlops.features.migration.report.model import MOST_FAILURES, Failure, Report
from clickup_mlops.features.migration.staging import Staged
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.migration.tables.migration_steps import (
    DONE,
    FAILED,
    UNDONE,
    JournaledStep,
    MigrationSteps,
)
from clickup_mlops.store import Store


def collect(
    store: Store,
    mapping: Mapping,
    file: str,
    *,
    missing: Sequence[str] = (),
    convert: Convert = convert,
    comment: Comment = comment,
) -> Report:
    """The report. `file` is the mapping's name in commands, `missing` what its source cannot give.

    Who is a ClickUp user is what the mapping says: whoever has an e-mail address.

    Raises:
        InputError: nothing has been read from the source yet.
    """
    staged = Staged(store.table(MigrationRecords), mapping.name)
    reading = staged.reading
    if reading is None:
        raise InputError(
            f'nothing is known of the migration "{mapping.name}"',
            hint="`clickup-mlops migrate plan` reads the source.",
        )
    directory = Directory(mapping, people=staged.people(), members=_members(mapping))
    steps = store.table(MigrationSteps)
    world = World(
        staged,
        mapping,
        convert,
        comment,
        directory,
        _States(steps, mapping.name).of,
    )
    counts = steps.counts(mapping.name)
    return Report(
        survey(
            world,
            missing=missing,
            problems=reading.problems,
            gaps=mapping_file.lines(staged.gaps(mapping)),
        ),
        file,
        tuple(islice(_failures(store, mapping.name, staged), MOST_FAILURES)),
        sum(count for (_, state), count in counts.items() if state == FAILED),
        sum(count for (_, state), count in counts.items() if state == UNDONE),
        steps.newest_ms(mapping.name),
        _verification(store, mapping.name),
    )


class _States:
    """States of steps. Nobody was asked for people's ids, so time is found without its person."""

    def __init__(self, steps: MigrationSteps, name: str) -> None:
        self._steps, self._name = steps, name
        self._time: dict[str, str] = {}
        for state in (FAILED, DONE):
            for step in steps.of(name, "time", state):
                self._time[_without_person(step.key)] = state

    def of(self, keys: Sequence[str]) -> dict[str, str]:
        """By key, those that there are."""
        states = self._steps.states(self._name, keys)
        time = {
            step_key: _without_person(step_key) for step_key in keys if step_key.startswith("time:")
        }
        return states | {
            key: self._time[short] for key, short in time.items() if short in self._time
        }


def _without_person(key: str) -> str:
    return key.rpartition(":")[0]


def _members(mapping: Mapping) -> Iterator[Member]:
    for number, person in enumerate(mapping.people.values(), start=1):
        if person.email.strip():
            yield Member(number, person.name, person.email)


def _failures(store: Store, name: str, staged: Staged) -> Iterator[Failure]:
    for kind in KINDS:
        for step in store.table(MigrationSteps).of(name, kind, FAILED):
            yield Failure(kind, step.key, _item(step, staged), step.error)


def _item(step: JournaledStep, staged: Staged) -> str:
    item_id = str(read_written(step).get("item") or "")
    item = staged.item(item_id) if item_id else None
    return item.name if item else item_id


def _verification(store: Store, name: str) -> verification_summary.VerificationSummary | None:
    note = store.notes.get(verification_summary.SCOPE, name)
    return verification_summary.from_json(note.value) if note else None
