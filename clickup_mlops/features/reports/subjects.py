"""What reports are about besides periods of the calendar: found by name, and what has ended."""

from collections.abc import Mapping
from functools import cache

from clickup_mlops import registry
from clickup_mlops.errors import InputError
from clickup_mlops.ports.sections.model import Every
from clickup_mlops.ports.sections.subject import Ended, Ending, Subject, SubjectType
from clickup_mlops.store import Store


@cache
def all_types() -> Mapping[str, SubjectType]:
    """The kinds that features offer, by kind of report."""
    types = registry.find_modules("report_subject", "SUBJECT").values()
    return {type_.every: type_ for type_ in types}


def ending(every: Every) -> Ending | None:
    """The kind, if it is about something that ends."""
    return every if every == "milestone" or every == "incident" else None


def find(
    store: Store, workspace: str, every: Ending, name: str, *, zone: str, now_ms: int
) -> Subject:
    """What has this name: a milestone's task, an incident's id or one of its tasks.

    Raises:
        InputError: there is none, or no such time zone.
    """
    if (type_ := all_types().get(every)) is None:
        raise InputError(f"no {every} {name} is known", hint=f"Nothing here keeps a {every}.")
    return type_.find(store, workspace, name, zone, now_ms)


def ended(store: Store, workspace: str, every: Ending, since_ms: int, now_ms: int) -> list[Ended]:
    """Those that ended from `since_ms` up to now, the first first."""
    if (type_ := all_types().get(every)) is None:
        return []
    endings = type_.ended(store, workspace, since_ms, now_ms)
    in_time = (end for end in endings if since_ms <= end.at_ms <= now_ms)
    return sorted(in_time, key=lambda end: (end.at_ms, end.name))
