"""Sends reports: builds one for each row of the inbox, and does what its target plans."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Final

import orjson

from clickup_mlops import files, logs
from clickup_mlops.automations.perform import State
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes.posting import Author, Poster
from clickup_mlops.errors import InputError
from clickup_mlops.features.reports.delivery.mail import send
from clickup_mlops.features.reports.delivery.mail_settings import MailSettings
from clickup_mlops.features.reports.delivery.model import (
    KIND,
    Delivery,
    File,
    Mail,
    Maker,
    Planned,
    Write,
)
from clickup_mlops.features.reports.delivery.settings import ReportSettings, kinds
from clickup_mlops.features.reports.subjects import ending
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.ports.sections.period import calendar
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.store import InboxRow
from clickup_mlops.store.tables.notes import Notes

SENT: Final = "report_sent"
"""Scope of the notes about the last e-mail of each target: its row's key, and who has got it."""

_log = logs.get()


class Sender:
    """`handle` gets the rows of one lane: a report and its target, for one or more periods.

    `shadow`: nothing leaves this machine; files are written.
    """

    def __init__(
        self,
        reports: Mapping[str, ReportSettings],
        mail: MailSettings,
        poster: Poster,
        *,
        maker: Maker,
        notes: Notes,
        clock: Clock,
        shadow: bool,
    ) -> None:
        self._reports, self._mail, self._poster = reports, mail, poster
        self._maker, self._notes, self._clock = maker, notes, clock
        self._shadow = shadow

    def handle(self, rows: Sequence[InboxRow]) -> None:
        """Send what these rows name.

        Raises:
            Postponed: not now.
            ClickUpMlopsError: the report cannot be built, or the target does not take it.
        """
        self._poster.recover(rows[0].lane)
        for row in rows:
            self.send(row)

    def send(self, row: InboxRow) -> None:
        """Build the report and bring it to its target. Raises: as `handle`."""
        about = orjson.loads(row.body)
        name, target, period = about["report"], about["target"], about["period"]
        settings = self._reports.get(name)
        if settings is None or target not in settings.targets:
            _log.warning("report_dropped", report=name, target=target, why="not configured")
            return
        subject = self._about(settings, period)
        table = settings.targets[target]
        report = self._maker.build(subject, settings.sections, table.lists)
        delivery = self._delivery(name, target, report, period if subject.task_id else "")
        for planned in kinds()[table.kind].plan(delivery, table):
            state = self._do(row, settings.cap, planned)
            _log.info("report_sent", report=name, target=target, period=period, state=state)

    def _about(self, settings: ReportSettings, period: str) -> Subject:
        if (kind := ending(settings.every)) is not None:
            return self._maker.find(kind, period, settings.zone)
        every = calendar(settings.every) or "weekly"
        return Subject(self._maker.named(every, period, settings.zone))

    def _delivery(self, name: str, target: str, report: Report, about: str) -> Delivery:
        render = cache(partial(self._maker.render, report))
        return Delivery(
            name,
            target,
            report,
            render,
            find_written=self._poster.latest_write,
            now_ms=self._clock(),
            sender=self._mail.sender,
            about=about,
        )

    def _do(self, row: InboxRow, cap: int, planned: Planned) -> State:
        match planned:
            case Write(task_id, change):
                name = row.lane.removeprefix(f"{KIND}:").partition(":")[0]
                author = Author(f"{KIND}:{name}", change.effect, cap)
                return self._poster.post(row, author, task_id, change)
            case Mail():
                return "shadow" if self._shadow else self._send(row, planned)
            case File(path, content):
                write_file(path, content)
        return "done"

    def _send(self, row: InboxRow, mail: Mail) -> State:
        """To each receiver once: only a process that dies just after the server took it sends it
        again, under the same Message-ID.
        """
        note = self._notes.get(SENT, row.lane)
        delivered_to = set(note.value["to"]) if note and note.value["key"] == row.key else set()
        remaining = [receiver for receiver in mail.receivers if receiver not in delivered_to]
        refused = send(self._mail, mail.message, remaining) if remaining else {}
        delivered_to |= {*remaining} - {*refused}
        self._notes.put(SENT, row.lane, {"key": row.key, "to": sorted(delivered_to)}, self._clock())
        for problem in sorted(
            refused.values(), key=lambda refusal: isinstance(refusal, InputError)
        ):
            raise problem  # what may help later comes first
        return "done"


def write_file(path: Path, content: bytes) -> None:
    """The whole file or nothing, in place of one that is there.

    Raises:
        InputError: it cannot be written; names the path.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, content)  # who may read it is for the umask to say
    except OSError as problem:
        raise InputError(
            f"{path} cannot be written: {problem.strerror}",
            hint="Set `folder` of the report's target to a folder that the bot may write to.",
        ) from None
