"""What a Trello board remembers: the `actions` of its cards. Pure.

`updateCard` with `listBefore` and `listAfter` moves a card, and with `dueComplete` completes it;
`addMemberToCard` and `removeMemberFromCard` have `idMember`: developer.atlassian.com/cloud/trello.
"""

from collections.abc import Callable, Iterator
from typing import Final

from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import PastChange, Raw
from clickup_mlops.features.migration.sources._files.text import clean, mapping
from clickup_mlops.json_types import JsonObject

_MEMBERS: Final = {"addMemberToCard": ("", "id"), "removeMemberFromCard": ("id", "")}


def changes(action: JsonObject, actor: Raw, member: Callable[[str], Raw]) -> Iterator[PastChange]:
    """What an action changed: the list of a card, which is its stage, or its members."""
    data = mapping(action.get("data"))
    at_ms = dates.unix_ms(clean(action.get("date")))
    kind, before, after = clean(action.get("type")), *map(_list, ("Before", "After"), (data, data))
    if at_ms is not None and kind == "updateCard" and after:
        yield PastChange(at_ms, "status", before, after, actor)
    elif at_ms is not None and kind in _MEMBERS:
        person = member(clean(data.get("idMember")))
        before, after = (person if end else "" for end in _MEMBERS[kind])
        yield PastChange(at_ms, "assignee", before, after, actor)


def _list(end: str, data: JsonObject) -> str:
    return clean(mapping(data.get(f"list{end}")).get("name"))
