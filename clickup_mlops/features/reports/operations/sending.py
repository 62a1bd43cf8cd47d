"""Reports: send one now, and when each is sent."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.reports.delivery.model import LANE
from clickup_mlops.features.reports.delivery.schedule import Run
from clickup_mlops.features.reports.delivery.settings import ReportSettings, kinds
from clickup_mlops.features.reports.package import ReportsPackage
from clickup_mlops.features.reports.settings import ReportTables
from clickup_mlops.ports.sections.model import Every, Period
from clickup_mlops.spelling import suggest_word
from clickup_mlops.store.tables.inbox import DONE, PARKED

State = Literal["sent", "shadow", "waits", "failed"]
POLL_S: Final = 0.5
"""How often it is looked whether a report has gone."""
_TRIES: Final = 40
_SET: Final = "Add a table [reports.<name>] with [reports.<name>.targets.<target>]."


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a report at a target: `waits` is tried again by the bot, `failed` is parked.

    `problem` is the last error.
    """

    target: str
    place: str
    state: State
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """A report that was sent. `period` names the milestone or incident, if it is about one."""

    name: str
    period: Period
    targets: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """The next time of a report, what sort it is, and where it goes."""

    run: Run
    every: Every
    places: tuple[str, ...]


def send(
    bot: Bot,
    name: str,
    *,
    period: str | None = None,
    targets: Sequence[str] = (),
    wait: Callable[[float], None],
) -> Sending:
    """Send a report to its targets, or to these, again if it went there before.

    `period` None: the last one that is over. `wait` waits so many seconds: for a target that the
    running bot is sending to, and for one that does not answer.

    Raises:
        InputError: no such report, target or period.
    """
    settings = _report(bot, name)
    chosen = [_require_target(settings, name, target_name) for target_name in targets] or [
        *settings.targets
    ]
    if not chosen:
        raise InputError(f"the report {name} has no target", hint=_SET)
    plan = _package(bot).schedule
    about = plan.about(name, period)
    keys = plan.enqueue(name, about.key, chosen, once=str(bot.now_ms()))
    shadow = bot.settings.automations.mode == "shadow"
    rows = zip(chosen, keys, strict=True)
    outcomes = (_deliver(bot, name, target, key, wait, shadow=shadow) for target, key in rows)
    return Sending(name, about.period, tuple(outcomes))


def _deliver(
    bot: Bot, name: str, target: str, key: str, wait: Callable[[float], None], *, shadow: bool
) -> Sent:
    table = bot.settings.tables(ReportTables).reports[name].targets[target]
    place = kinds()[table.kind].place(table)
    for _ in range(_TRIES):
        bot.lanes.worker.run(f"{LANE}{name}:{target}")
        row = bot.inbox.by_key(key)
        if row is None or row.state == DONE:
            unwritten = shadow and table.kind != "file"
            return Sent(target, place, "shadow" if unwritten else "sent")
        if row.state == PARKED:
            return Sent(target, place, "failed", row.error)
        if row.error:
            return Sent(target, place, "waits", row.error)
        wait(POLL_S)
    return Sent(target, place, "waits")


def schedule(bot: Bot) -> list[Coming]:
    """The next time of each report, the soonest first. Raises InputError: there is none."""
    reports = bot.settings.tables(ReportTables).reports
    if not reports:
        raise InputError("no report is configured", hint=_SET)
    runs = _package(bot).schedule.coming(bot.now_ms())
    return [Coming(run, reports[run.name].every, tuple(_places(reports[run.name]))) for run in runs]


def _places(report: ReportSettings) -> Iterator[str]:
    target_kinds = kinds()
    for table in report.targets.values():
        yield f"{table.kind}: {target_kinds[table.kind].place(table)}"


def _package(bot: Bot) -> ReportsPackage:
    return bot.get(ReportsPackage)


def _report(bot: Bot, name: str) -> ReportSettings:
    reports = bot.settings.tables(ReportTables).reports
    if name not in reports:
        raise InputError(f'no report is called "{name}"{_suggest(name, reports)}', hint=_SET)
    return reports[name]


def _require_target(settings: ReportSettings, name: str, target: str) -> str:
    if target not in settings.targets:
        guess = _suggest(target, settings.targets)
        hint = f"It has: {', '.join(settings.targets) or 'none'}."
        raise InputError(f'the report {name} has no target "{target}"{guess}', hint=hint)
    return target


def _suggest(word: str, names: Iterable[str]) -> str:
    return suggest_word(word, names)
