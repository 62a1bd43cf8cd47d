"""How fresh everything is: events, sources and jobs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.receive.source_contacts import CONTACT, SILENT
from clickup_mlops.bot.registered import Job
from clickup_mlops.ports.sections.model import DAY_MS, Data, Query, SectionType
from clickup_mlops.store.queries.stats import Backlog
from clickup_mlops.views.model import (
    Badge,
    Cell,
    Column,
    Duration,
    Figure,
    Figures,
    Moment,
    Number,
    Section,
    Table,
)

LATE_MS: Final = 60_000
"""An event that waits longer is late."""
OVERDUE: Final = 3
"""A job is overdue once so many of its intervals have passed without success."""
_SOURCES: Final = (
    Column("Source"),
    Column("Last heard"),
    Column("Expected every", "end"),
    Column("State"),
)
_JOBS: Final = (
    Column("Job"),
    Column("Last success"),
    Column("Every", "end"),
    Column("State"),
)
_GOOD: Final = Badge("fresh", "good")
_NEVER: Final = Badge("not yet", "warning")


def _build(data: Data, query: Query) -> Section:
    now = query.now_ms
    return Section(
        "freshness",
        "Freshness",
        (
            _events(data.store.stats.backlog(now), now),
            Table("sources", "Sources", _SOURCES, tuple(_sources(data, now)), "No source."),
            Table("jobs", "Jobs", _JOBS, tuple(_jobs(data, now)), "No job."),
        ),
        "What the bot has noted itself.",
    )


def _events(backlog: Backlog, now_ms: int) -> Figures:
    waits = None if backlog.oldest_ms is None else max(0, now_ms - backlog.oldest_ms)
    late = waits is not None and waits > LATE_MS
    parked = Number(backlog.parked, tone="bad" if backlog.parked else "plain")
    return Figures(
        (
            Figure("Events ready", Number(backlog.ready), "now, not handled yet"),
            Figure("Events waiting", Number(backlog.waiting), "now, for a later time"),
            Figure("Oldest event", Duration(waits, "warning" if late else "plain"), "waits since"),
            Figure("Events parked", parked, "now; see Automations"),
        )
    )


def _sources(data: Data, now_ms: int) -> Iterator[tuple[Cell, ...]]:
    contacts, silent = data.store.notes.all(CONTACT), data.store.notes.all(SILENT)
    expected = data.bot.expected_sources
    for name in sorted({*expected, *contacts}):
        last_ms = contacts[name].at_ms if name in contacts else None
        if name not in expected and now_ms - (last_ms or 0) > DAY_MS:
            continue  # it was configured once
        every = expected.get(name)
        state = Badge("silent", "bad") if name in silent else _state(last_ms, every, now_ms)
        yield name, Moment(last_ms), Duration(to_ms(every) if every else None), state


def _state(last_ms: int | None, every: timedelta | None, now_ms: int) -> Badge:
    if last_ms is None:
        return _NEVER
    if every is None:
        return Badge("heard")
    return Badge("late", "bad") if now_ms - last_ms > to_ms(every) else _GOOD


def _jobs(data: Data, now_ms: int) -> Iterator[tuple[Cell, ...]]:
    last = data.store.stats.jobs()
    for job in sorted(data.bot.jobs, key=lambda entry: entry.name):
        yield _job(job, last.get(job.name), now_ms)


def _job(job: Job, last_ms: int | None, now_ms: int) -> tuple[Cell, ...]:
    overdue = last_ms is not None and now_ms - last_ms > OVERDUE * to_ms(job.every)
    state = Badge("overdue", "bad") if overdue else _GOOD
    return job.name, Moment(last_ms), Duration(to_ms(job.every)), _NEVER if not last_ms else state


SECTION = SectionType("Freshness", _build, 50)
