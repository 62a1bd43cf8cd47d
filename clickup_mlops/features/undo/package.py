"""What undoes writes of the bot."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot import ports
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.internal_events import InternalEvents
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.write.undo.episode import Episode
from clickup_mlops.bot.write.undo.undoing import Undoing, Undone, UndoRequest
from clickup_mlops.features.undo.command import Asked, UndoCommand
from clickup_mlops.features.undo.last_change import TAG, list_begun
from clickup_mlops.store import Entry

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class UndoPackage(Package):
    """Undoes the bot's writes, with the functions that made them."""

    is_simulated = False

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._execution = packages.execution

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
        """Undo these changes, and what automations wrote because of a command among them that
        began an episode. Raises: as `Undoing.run`.
        """
        undone = set()
        for change in self.undoing.run(entries, request):
            if change.state in ("undone", "would"):
                undone.add(change.seq)
            yield change
        begun = self._list_begun([entry for entry in entries if entry.seq in undone], request.run)
        besides = [entry for entry in begun if entry.seq not in {e.seq for e in entries}]
        yield from self.undoing.run(besides, replace(request, mutes=False))

    def _list_begun(self, undone: Sequence[Entry], run: str) -> Iterator[Entry]:
        store, effects = self.core.store, self.undoing.effects
        for task_id in dict.fromkeys(e.task_id for e in undone if e.kind.startswith(TAG)):
            of_task = [entry for entry in undone if entry.task_id == task_id]
            if (episode := self._episode_of(task_id)) is not None:
                yield from list_begun(store, effects, of_task, episode, run=run)

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
        undo = UndoCommand(self.core.store, self.undoing, self._episode_of)
        return undo(task_id, target, Asked(actor, key, commands))

    def _episode_of(self, task_id: str) -> Episode | None:
        read = self.core.extensions.views().get(Episode)
        episode = read(task_id) if read else None
        return episode if isinstance(episode, Episode) else None


PACKAGE: Final = UndoPackage
