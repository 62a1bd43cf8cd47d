"""Simulate: what automations would have done about what was recorded. Reads and writes nothing
outside the store.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.simulation import recorded_lines, snapshot
from clickup_mlops.features.simulation.run import History, switched_on
from clickup_mlops.features.simulation.run import simulate as run
from clickup_mlops.features.simulation.simulated import Simulated
from clickup_mlops.features.simulation.simulation import SimulationContext
from clickup_mlops.features.simulation.tables.recordings import Recording, Recordings
from clickup_mlops.operations.automations.files import named

Watch = Callable[[Iterable[Recording], int], Iterable[Recording]]
"""Passes recordings on, of which there are so many, perhaps through a progress bar."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which automations (names or files; none: all that are not off), and over which time.

    `source` is a file of recordings in place of the bot's own store.
    """

    since_ms: int
    until_ms: int
    names: tuple[str, ...] = ()
    source: Path | None = None


def unwatched(recordings: Iterable[Recording], _total: int) -> Iterable[Recording]:
    """Progress for nobody."""
    return recordings


def simulate(bot: Bot, question: Question, *, watch: Watch = unwatched) -> Simulated:
    """The evaluator runs over the recorded events and tasks.

    Raises:
        InputError: nothing is recorded for that time, a name is unknown, or a line is wrong.
        ContentError: an automation cannot be used.
    """
    history = _history(bot, question)
    total = sum(1 for _ in history.recordings())
    if not total:
        raise InputError(
            "nothing is recorded for that time",
            hint="`automations recording` shows what is; automations.record switches recording on.",
        )
    classifier = bot.context.classifier
    context = SimulationContext(classifier) if question.source else snapshot.context(bot)
    chosen = _chosen(bot, question.names)
    return run(
        bot.settings, chosen, history, context, watch=lambda recordings: watch(recordings, total)
    )


def summary(result: Simulated) -> list[tuple[str, int]]:
    """The figures that sum it up, by name."""
    return [
        ("events received", result.events),
        ("tasks changed", result.changed_tasks),
        ("writes (calls)", len(result.writes)),
        ("reads at most (calls)", result.reads),
        ("values that went back and forth", sum(flip.times for flip in result.flips)),
        ("writes over a cap", sum(share.capped for share in result.automations)),
    ]


def _chosen(bot: Bot, names: tuple[str, ...]) -> list[Automation]:
    if not names:
        return switched_on(bot.context.in_spaces)
    return [automation.switched_on() for automation in named(bot.context.automations, names)]


def _history(bot: Bot, question: Question) -> History:
    since_ms, until_ms = question.since_ms, question.until_ms
    if question.source is not None:
        lines = sorted(recorded_lines.read(question.source), key=lambda recording: recording.at_ms)
        return History(lambda: _within(lines, question), list, since_ms, until_ms)
    store = bot.store
    return History(
        lambda: _within(store.table(Recordings).since(since_ms), question),
        partial(snapshot.open_tasks, store),
        since_ms,
        until_ms,
        partial(snapshot.initial_state, store),
    )


def _within(recordings: Iterable[Recording], question: Question) -> Iterator[Recording]:
    return (
        recording
        for recording in recordings
        if question.since_ms <= recording.at_ms < question.until_ms
    )
