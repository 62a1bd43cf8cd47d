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
    found = log.get_run(store, number)
    if found is None:
        hint = "`clickup-mlops automations runs` lists them."
        raise InputError(f"There is no run {number}", hint=hint)
    return found


def runs(store: Store, settings: AutomationsSettings, wanted: RunFilter, limit: int) -> list[Shown]:
    """The newest runs that pass the filter, newest first.

    Raises:
        InputError: the filter names an automation that never ran and does not exist.
    """
    found = log.list_runs(store, wanted, limit)
    name = wanted.automation
    if name and not found and not store.runs.list(RunFilter(automation=name), 1):
        must_exist(settings, name)
    return found


def facts(one: Shown) -> dict[str, Any]:
    """A run as plain JSON values."""
    task = {"task_name": one.task_name, "task_url": one.task_url}
    return asdict(one.run) | task | {"why": one.run.why}
