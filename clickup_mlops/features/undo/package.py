"""What undoes writes of the bot."""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from clickup_mlops.automations.model import Effect
from clickup_mlops.bot import ports
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.internal_events import InternalEvents
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.write.undo.episode import Episode
from clickup_mlops.bot.write.undo.undoing import Undoing, Undone, UndoRequest
from clickup_mlops.features.undo.command import Asked, UndoCommand
from clickup_mlops.features.undo.last_change import (
    TAG,
    list_begun,
    list_created_tags,
    list_with_end,
)
from clickup_mlops.store import Entry

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class UndoPackage(Package):
    """Undoes the bot's writes, with the functions that made them."""

    is_simulated = False

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._execution, self._context = packages.execution, packages.context

    @member
    def undoing(self) -> Undoing:
        """Undoes writes in order."""
        core = self.core
        return Undoing(
            core.store,
            core.client.tasks,
            self._execution.executor_context,
            workspace=core.workspace_id,
            keeps_ms=to_ms(core.settings.routing.override_duration),
            clock=core.now_ms,
            reconcile=self._execution.reconciler.reconcile,
            people=self._execution.people,
            internal=InternalEvents(core.inbox_writer),
            consumer=core.extensions.event_consumers,
        )

    def run(self, entries: Sequence[Entry], request: UndoRequest) -> Iterator[Undone]:
        """Undo these changes, and what goes with the beginning of an episode among them: what
        automations wrote because of a command, and tags that tasks were created with. Raises: as
        `Undoing.run`.
        """
        undone = set()
        for change in self.undoing.run(entries, request):
            if change.state in ("undone", "would"):
                undone.add(change.seq)
            yield change
        besides = self._list_besides(
            [entry for entry in entries if entry.seq in undone], request.run
        )
        yield from self.undoing.run(besides, replace(request, mutes=False))

    def with_ends(self, entries: Sequence[Entry], run: str) -> list[Entry]:
        """The changes; of ends of episodes, with what was written beside them: `list_with_end`."""
        store, effects = self.core.store, self.undoing.effects
        lists = (list_with_end(store, effects, entry, run) for entry in entries)
        return [*{entry.seq: entry for entry in itertools.chain.from_iterable(lists)}.values()]

    def _list_besides(self, undone: Sequence[Entry], run: str) -> list[Entry]:
        store, effects = self.core.store, self.undoing.effects
        seqs, besides = {entry.seq for entry in undone}, list[Entry]()
        for task_id in dict.fromkeys(e.task_id for e in undone if _is_about_episode(e, effects)):
            of_task = [entry for entry in undone if entry.task_id == task_id]
            if (episode := self._episode_of(task_id)) is not None:
                begun = list_begun(store, effects, of_task, episode, run=run)
                besides += [entry for entry in begun if entry.seq not in seqs]
                besides += list_created_tags(store, of_task, episode, run)
        return besides

    def undoes(self) -> ports.Undoing:
        """What `/undo` does."""
        return self.command

    def command(
        self,
        task_id: str,
        target: ports.UndoTarget,
        actor: str,
        key: str,
        commands: Collection[str] = (),
    ) -> str:
        """What `/undo` does: see `UndoCommand`."""
        undo = UndoCommand(self.core.store, self.undoing, self._episode_of, self._context.directory)
        return undo(task_id, target, Asked(actor, key, commands))

    def _episode_of(self, task_id: str) -> Episode | None:
        read = self.core.extensions.views().get(Episode)
        episode = read(task_id) if read else None
        return episode if isinstance(episode, Episode) else None


def _is_about_episode(entry: Entry, effects: Mapping[str, Effect]) -> bool:
    effect = effects.get(entry.kind.partition(":")[0])
    return entry.kind.startswith(TAG) or (effect is not None and effect.opens)


PACKAGE: Final = UndoPackage
