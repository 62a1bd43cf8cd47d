"""Reports as `clickup_mlops.features.reports` builds and renders them, from the bot's store."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from clickup_mlops.automations.model import Unanswered
from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.features.reports.delivery.model import Format
from clickup_mlops.ports.sections.model import Period, Report
from clickup_mlops.ports.sections.period import Calendar
from clickup_mlops.ports.sections.subject import Ended, Ending, Subject
from clickup_mlops.store.access import EVERYTHING, Access

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core

FindLists = Callable[[str], Sequence[str]]
"""Ids of the Lists that a name or id of a List, Folder or Space means."""


class StoreMaker:
    """A `Maker`. What it needs is imported when it is first asked: most starts build no report."""

    def __init__(self, core: "Core", find_lists: FindLists) -> None:
        self._core, self._find_lists = core, find_lists

    def last(self, every: Calendar, at_ms: int, zone: str) -> Period:
        """As of every maker."""
        from clickup_mlops.ports.sections import period

        return period.last(every, at_ms, zone)

    def named(self, every: Calendar, name: str, zone: str) -> Period:
        """As of every maker."""
        from clickup_mlops.ports.sections import period

        return period.so_far(period.named(every, name, zone), self._core.now_ms())

    def find(self, every: Ending, name: str, zone: str) -> Subject:
        """As of every maker."""
        from clickup_mlops.features.reports import subjects

        core = self._core
        now_ms, workspace = core.now_ms(), core.workspace_id
        return subjects.find(core.store, workspace, every, name, zone=zone, now_ms=now_ms)

    def ended(self, every: Ending, since_ms: int) -> list[Ended]:
        """As of every maker."""
        from clickup_mlops.features.reports import subjects

        core = self._core
        return subjects.ended(core.store, core.workspace_id, every, since_ms, core.now_ms())

    def build(
        self, about: Subject, sections: tuple[str, ...], lists: tuple[str, ...] = ()
    ) -> Report:
        """As of every maker."""
        from clickup_mlops.features.reports import build

        store = self._core.store.seen_with(self._access(lists))
        workspace = self._core.workspace_id
        return build.report(store, workspace, about, sections, settings=self._core.settings)

    def _access(self, names: tuple[str, ...]) -> Access:
        try:
            ids = frozenset(list_id for name in names for list_id in self._find_lists(name))
        except Unanswered as problem:
            raise InputError(f"lists: {problem}", hint=problem.hint) from problem
        return Access(ids) if names else EVERYTHING

    def render(self, report: Report, form: Format) -> bytes:
        """As of every maker. Only the format that is wanted is imported: PDF takes long."""
        module = import_module(f"clickup_mlops.features.reports.render.{form}")
        try:
            rendered: str | bytes = module.render(report)
        except ConfigError as problem:  # no repetition installs what is missing
            raise InputError(str(problem), hint=problem.hint) from problem
        return rendered.encode() if isinstance(rendered, str) else rendered
