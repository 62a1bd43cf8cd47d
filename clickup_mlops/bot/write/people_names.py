"""Names of people, as the Workspace's directory was last read: without a call."""

from collections.abc import Callable

import orjson

from clickup_mlops.bot.write.descriptions import name_assignees
from clickup_mlops.store import Store

DIRECTORY_PEOPLE = "directory:people:"
"""Cursors whose names begin like this hold the members and groups of a Workspace."""


def assignee_namer(store: Store) -> Callable[[str], str]:
    """Puts names for the ids of assignees into a description; ids that nobody has any more stay."""
    listings = map(orjson.loads, store.cursors.values(DIRECTORY_PEOPLE))
    people = [person for listing in listings for e in listing["entries"] for person in e["people"]]
    names = {str(person["id"]): str(person["name"]) for person in people}
    return lambda text: name_assignees(text, names.get)
