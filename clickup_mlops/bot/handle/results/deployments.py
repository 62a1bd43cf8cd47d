"""The revision of a deployment in the timeline, and whether it is a roll-back. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from clickup_mlops.store.timeline_rows import Entry

KIND: Final = "deployment"
LOOKED_BACK_MS: Final = 30 * 24 * 3_600_000
"""How long ago the revision may have been deployed to which a roll-back returns."""
MOST_EARLIER: Final = 200
"""Earlier deployments that are compared: the newest of the Workspace."""
_REVISION: Final = ("revision", "commit", "version", "ref")
_PLACE: Final = ("app", "repository", "environment", "source", "subject")
"""Facts that say what is deployed, and where."""
_SHA: Final = re.compile(r"[0-9a-f]{12,64}")
_SHOWN: Final = 10
"""Characters that are shown of a hash."""
_BACK: Final = re.compile(r"\broll(?:ed|s|ing)?[ _-]?back|\brevert", re.IGNORECASE)


def with_revision(entry: Entry, earlier: Iterable[Entry]) -> Entry:
    """The entry with its revision, and `rollback` in its value if it says so itself, or if its
    revision was deployed there before the one that it replaces. `earlier`: oldest first.
    """
    if entry.kind != KIND:
        return entry
    revision, is_back = revision_of(entry), _is_back(entry, earlier)
    verb = "roll-back" if is_back else "revision"
    if is_back and revision:
        verb = "roll-back to revision"
    text = f"{entry.text}, {verb} {revision}".rstrip() if is_back or revision else entry.text
    return replace(
        entry, text=text, value={**entry.value, **({"rollback": True} if is_back else {})}
    )


def revision_of(entry: Entry) -> str:
    """As the tool names it, a hash shortened; empty: it does not say."""
    named = _raw_revision(entry.value)
    return named[:_SHOWN] if _SHA.fullmatch(named) else named[:100]


def _raw_revision(facts: Mapping[str, Any]) -> str:
    return next((str(facts[name]) for name in _REVISION if facts.get(name)), "")


def _is_back(entry: Entry, earlier: Iterable[Entry]) -> bool:
    words = (entry.text, entry.value.get("type"), entry.value.get("description"))
    if any(_BACK.search(str(word or "")) for word in words):
        return True
    at_place = [deployment for deployment in earlier if _place(deployment) == _place(entry)]
    revisions = _each_once([_raw_revision(deployment.value) for deployment in (*at_place, entry)])
    return bool(revisions) and revisions[-1] in revisions[:-1]


def _each_once(revisions: Sequence[str]) -> list[str]:
    """Several reports about one deployment follow each other."""
    return [revision for revision, _reports in groupby(filter(None, revisions))]


def _place(entry: Entry) -> tuple[str, ...]:
    facts = tuple(str(entry.value.get(name) or "") for name in _PLACE)
    return facts if any(facts) else (str(entry.value.get("key") or entry.task_id),)
