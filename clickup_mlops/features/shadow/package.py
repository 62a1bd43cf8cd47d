"""What makes shadow mode visible, and asks before each write whether the task's List is live."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from clickup_mlops.automations.perform import as_the_bot
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.lanes.posting import Poster
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.bot.registered import LaneKind, Timer
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.governor import PriorityClass
from clickup_mlops.features.shadow.live_agreement import LiveCorrections
from clickup_mlops.features.shadow.live_lists import LiveLists
from clickup_mlops.features.shadow.settings import LANE, ShadowSettings
from clickup_mlops.store import InboxRow

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.shadow.answering import Answering
    from clickup_mlops.features.shadow.board import Wish
    from clickup_mlops.features.shadow.sender import ProposalSender


class ShadowPackage(Package):
    """The proposal of the day, and the modes of Lists."""

    is_simulated = False

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._context, self._execution = packages.context, packages.execution
        self.live_lists = LiveLists(lambda: self.core.store)

    @property
    def settings(self) -> ShadowSettings:
        """`[shadow]`."""
        return self.core.settings.table(ShadowSettings)

    @property
    def is_used(self) -> bool:
        """Whether there is a place for the proposal."""
        return bool(self.settings.channel or self.settings.doc)

    def services(self) -> Mapping[type[object], Callable[[], object]]:
        """The modes of Lists, for their effect."""
        return {LiveLists: lambda: self.live_lists}

    def event_consumers(self) -> Iterable[EventConsumer]:
        """What people change of what the bot wrote."""
        yield LiveCorrections(self.core.store)

    def list_modes(self) -> Callable[[str], bool | None]:
        """The modes of Lists."""
        return self.live_lists.is_shadow

    def lists(self) -> tuple[str, ...]:
        """Ids of the Lists in `[shadow] lists`, and of those that have a mode of their own.

        Raises:
            Unanswered: there is no such List.
        """
        return tuple(dict.fromkeys([*self._configured(), *self.live_lists.modes()]))

    def _configured(self) -> Iterator[str]:
        for name in self.settings.lists:
            yield from self._context.directory.list_ids(name)

    def proposed_lists(self) -> tuple[str, ...]:
        """Those of them in which the bot does not write."""
        modes, mode = self.live_lists.modes(), self.core.settings.automations.mode
        return tuple(name for name in self.lists() if modes.get(name, mode) == "shadow")

    def live_names(self) -> tuple[str, ...]:
        """The names in `[shadow] lists` of those in which the bot writes already."""
        proposed, list_ids = {*self.proposed_lists()}, self._context.directory.list_ids
        return tuple(name for name in self.settings.lists if proposed.isdisjoint(list_ids(name)))

    @member
    def answering(self) -> "Answering":
        """Keeps answers."""
        from clickup_mlops.features.shadow.answering import Answering

        core = self.core
        keeps_ms = to_ms(core.settings.routing.override_duration)
        return Answering(core.store, lambda: core.extensions.event_consumers, keeps_ms=keeps_ms)

    @member
    def sender(self) -> "ProposalSender":
        """Writes the proposal. This alone is written in shadow mode, where `[shadow]` says."""
        from clickup_mlops.features.shadow.sender import ProposalSender

        core, execution = self.core, self._execution
        context = replace(execution.executor_context, shadow=False, shadows=as_the_bot)
        reconcile = execution.reconciler.reconcile
        return ProposalSender(
            self.settings,
            core.store,
            Poster(core.store, context, reconcile, core.now_ms),
            places=self.proposed_lists,
            live=self.live_names,
            find_wishes=self.find_wishes,
            answering=self.answering,
            clickup=lambda: self._client,
            workspace=lambda: core.workspace_id,
            people=self._people,
            inbox=core.inbox_writer,
            clock=core.now_ms,
        )

    def find_wishes(self, list_ids: Sequence[str]) -> "list[Wish]":
        """What the policy wants of the open tasks of these Lists, which are read."""
        from clickup_mlops.features.shadow.board import find_wishes, read_tasks

        core, now = self.core, self.core.now_ms()
        picked = self.live_lists.modes().keys() - {*self._configured()}
        tasks = read_tasks(
            self._client.tasks, core.store, core.workspace_id, list_ids, now, picked=picked
        )
        return find_wishes(core.store, self._context.router, tasks, now)

    @property
    def _client(self) -> ClickUp:
        return self.core.client.with_priority_class(PriorityClass.REPORTS)

    def _people(self) -> Mapping[int, str]:
        workspaces = self._client.authorization.workspaces()
        return {person.id: person.username for team in workspaces for person in team.members}

    def lane_kinds(self) -> Iterable[LaneKind]:
        """The lane of the proposal."""
        yield LaneKind(LANE, self._propose, watched=False)

    def _propose(self, rows: Sequence[InboxRow]) -> None:
        self.sender.handle(rows)

    def timers(self) -> Iterable[Timer]:
        """The proposal's."""
        return self.sender.timers() if self.is_used else ()


PACKAGE: Final = ShadowPackage
