"""Reports as `clickup_mlops.report` builds and renders them, from the bot's store."""

from importlib import import_module
from typing import TYPE_CHECKING

from clickup_mlops.bot.reports.model import Calendar, Format
from clickup_mlops.report.model import Period, Report

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core


class StoreMaker:
    """A `Maker`. What it needs is imported when it is first asked: most starts build no report."""

    def __init__(self, core: "Core") -> None:
        self._core = core

    def last(self, every: Calendar, at_ms: int, zone: str) -> Period:
        """As of every maker."""
        from clickup_mlops.report import period

        return period.last(every, at_ms, zone)

    def named(self, every: Calendar, name: str, zone: str) -> Period:
        """As of every maker."""
        from clickup_mlops.report import period

        return period.named(every, name, zone)

    def build(self, period: Period, sections: tuple[str, ...]) -> Report:
        """As of every maker."""
        from clickup_mlops.report import build

        return build.build(
            build.data_of(self._core.store, self._core.workspace_id, period), sections
        )

    def render(self, report: Report, form: Format) -> bytes:
        """As of every maker. Only the format that is wanted is imported: PDF takes long."""
        rendered: str | bytes = import_module(f"clickup_mlops.report.render.{form}").render(report)
        return rendered.encode() if isinstance(rendered, str) else rendered
