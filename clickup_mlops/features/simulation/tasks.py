"""The tasks as they would have been, had the automations of a simulation acted and no others.

Built from recordings: what people did is taken from them; what the bot did then is undone, and what
the automations do now is laid over it, until a person changes the same thing again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from clickup_mlops.automations.model import Change, Effect
from clickup_mlops.clickup.model import HistoryItem
from clickup_mlops.features.simulation.tables.recordings import Recording

Raw = Mapping[str, Any]


class SimulatedTasks:
    """Raw tasks, `by_id`. `effects` are the real ones: they read history items and patch tasks."""

    def __init__(self, effects: Mapping[str, Effect]) -> None:
        self.by_id: dict[str, Raw] = {}
        self._effects = effects
        self._layers: dict[str, dict[str, Change]] = defaultdict(dict)

    def replay(self, recording: Recording, items: Iterable[tuple[HistoryItem, bool]]) -> Raw | None:
        """The task as the recording shows it, with our layers; None if it is not known.

        `items` are what it reports, each with whether the bot did it then.
        """
        layers = self._layers[recording.task_id]
        for item, ours in items:
            self._lay(layers, item, ours=ours)
        base = recording.task or self.by_id.get(recording.task_id)
        if base is not None:
            self.by_id[recording.task_id] = self._patched(base, layers.values())
        return self.by_id.get(recording.task_id)

    def apply(self, task_id: str, change: Change) -> Raw | None:
        """Make a change that an automation wants now; the task afterwards, if it is known."""
        self._layers[task_id].pop(change.kind, None)  # the newest comes last
        self._layers[task_id][change.kind] = change
        if task_id in self.by_id:
            self.by_id[task_id] = self._patched(self.by_id[task_id], [change])
        return self.by_id.get(task_id)

    def forget(self, task_id: str) -> None:
        """It was deleted."""
        self.by_id.pop(task_id, None)
        self._layers.pop(task_id, None)

    def _lay(self, layers: dict[str, Change], item: HistoryItem, *, ours: bool) -> None:
        change = self._change(item)
        if change is None:
            return
        kind, after = change
        if not ours:
            layers.pop(kind, None)
        elif kind not in layers:
            before = self._change(replace(item, after=item.before, before=None))
            was = before[1] if before else (not after if isinstance(after, bool) else None)
            layers[kind] = Change(kind, after, was, "", {})

    def _change(self, item: HistoryItem) -> tuple[str, Any] | None:
        return next(filter(None, (effect.echo(item) for effect in self._effects.values())), None)

    def _patched(self, raw: Raw, changes: Iterable[Change]) -> Raw:
        for change in changes:
            raw = self._effects[change.effect].patch(raw, change)
        return raw
