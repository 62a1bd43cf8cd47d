"""Simulations: automations over recordings, and what they would have done."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.simulation.simulated import Simulated
from clickup_mlops.features.simulation.simulation import (
    EMPTY_STATE,
    InitialState,
    Simulation,
    SimulationContext,
)
from clickup_mlops.features.simulation.tables.recordings import Recording
from clickup_mlops.store.scratch import scratch_store

Raw = Mapping[str, Any]
_HANDLED_WITHIN_MS: Final = 60_000
"""So long after a task was made its first event is usually handled."""


@dataclass(frozen=True, slots=True)
class History:
    """What to simulate over. `recordings` is asked twice, and gives the oldest first.

    `tasks` were there before; what the recordings show of a task wins. `state` gives what the bot
    knew at a time.
    """

    recordings: Callable[[], Iterable[Recording]]
    tasks: Callable[[], Iterable[Raw]]
    since_ms: int
    until_ms: int
    state: Callable[[int], InitialState] = lambda _at_ms: EMPTY_STATE


def simulate(
    settings: Settings,
    automations: Sequence[Automation],
    history: History,
    context: SimulationContext,
    *,
    watch: Callable[[Iterable[Recording]], Iterable[Recording]] = iter,
) -> Simulated:
    """What the automations would have done. Asks nobody and writes nothing.

    `watch` may pass the recordings on through a progress bar.
    """
    history = _from_the_first(history)
    with scratch_store() as store:
        simulation = Simulation(_acting(settings), store, automations, context)
        start_ms = history.since_ms
        simulation.begin(_first_tasks(history), start_ms, history.state(start_ms))
        for recording in watch(history.recordings()):
            simulation.replay(recording)
        simulation.advance_to(history.until_ms)
        return Simulated(
            history.since_ms,
            history.until_ms,
            simulation.events,
            simulation.reader.reads,
            tuple(simulation.actions),
        )


def switched_on(automations: Iterable[Automation]) -> list[Automation]:
    """Automations in shadow as if they acted; those that are off stay off."""
    return [
        replace(automation, mode="on") if automation.mode == "shadow" else automation
        for automation in automations
    ]


def _acting(settings: Settings) -> Settings:
    automations = settings.automations.model_copy(update={"mode": "on", "record": False})
    return settings.model_copy(update={"automations": automations})


def _from_the_first(history: History) -> History:
    """Nothing was recorded before: schedules need not run through that time."""
    first = next(iter(history.recordings()), None)
    begin_ms = history.until_ms if first is None else first.at_ms - _HANDLED_WITHIN_MS
    return replace(history, since_ms=max(history.since_ms, begin_ms))


def _first_tasks(history: History) -> list[Raw]:
    """The tasks at the beginning: as their first recording shows them, else as they are known."""
    first: dict[str, Raw | None] = {}
    for recording in history.recordings():
        if recording.task is not None and first.get(recording.task_id) is None:
            first[recording.task_id] = recording.task
    by_id = {str(raw["id"]): raw for raw in history.tasks()}
    tasks = {**by_id, **{task_id: raw for task_id, raw in first.items() if raw is not None}}
    return [raw for raw in tasks.values() if int(raw.get("date_created") or 0) < history.since_ms]
