"""Runs: what automations did and why it failed."""

from dataclasses import asdict
from typing import Any

from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot.write import runs as log
from clickup_mlops.bot.write.runs import Shown
from clickup_mlops.errors import InputError
from clickup_mlops.operations.automations.files import must_exist
from clickup_mlops.store import Store
from clickup_mlops.store.tables.runs import RunFilter


def run(store: Store, number: int) -> Shown:
    """One run. Raises InputError: there is none of this number."""
    entry = log.get_run(store, number)
    if entry is None:
        hint = "`clickup-mlops automations runs` lists them."
        raise InputError(f"There is no run {number}", hint=hint)
    return entry


def runs(
    store: Store, settings: AutomationsSettings, criteria: RunFilter, limit: int
) -> list[Shown]:
    """The newest runs that pass the filter, newest first.

    Raises:
        InputError: the filter names an automation that never ran and does not exist.
    """
    matches = log.list_runs(store, criteria, limit)
    name = criteria.automation
    if name and not matches and not store.runs.list(RunFilter(automation=name), 1):
        must_exist(settings, name)
    return matches


def facts(entry: Shown) -> dict[str, Any]:
    """A run as plain JSON values."""
    task = {"task_name": entry.task_name, "task_url": entry.task_url}
    return asdict(entry.run) | task | {"why": entry.run.why}
