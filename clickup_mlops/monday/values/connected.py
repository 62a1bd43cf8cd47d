"""Decoders of values that name people, items, files or documents. See `values.Decoder`.

Since 2025-04 `value` is null for links between items: only the typed fields have them.
"""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.json_types import Json, JsonObject

_DEPENDENCIES: Final = {0: "FS", 1: "SS", 2: "FF", 3: "SF"}
_ASSET, _DOC = "ASSET", "MONDAY_DOC"


def people(raw: Json, found: JsonObject) -> Json:
    """People, teams and agents."""
    typed = found.get("persons_and_teams")
    listed = typed if typed is not None else (raw or {}).get("personsAndTeams")
    listed = listed or _old_people(raw or {}, found)
    return [{"id": str(one["id"]), "kind": str(one.get("kind") or "person")} for one in listed] or (
        None
    )


def dependency(raw: Json, found: JsonObject) -> Json:
    """The items that this one waits for, the kind and the days between."""
    links = {
        str(one["linked_item_id"]): _dependency(
            one["linked_item_id"],
            _DEPENDENCIES[int(one.get("dependency_type") or 0)],
            int(one.get("lag") or 0),
        )
        for one in found.get("dependency_links") or ()
    }
    for item in _linked(raw, found):
        links.setdefault(item, _dependency(item, "FS", 0))
    return list(links.values()) or None


def board_relation(raw: Json, found: JsonObject) -> Json:
    """Items of other boards; of those that the token cannot see only the id is known."""
    items = {
        str(one["id"]): {
            "item": str(one["id"]),
            "board": str((one.get("board") or {}).get("id") or ""),
            "name": str(one.get("name") or ""),
        }
        for one in found.get("linked_items") or ()
        if one is not None
    }
    for item in _linked(raw, found):
        items.setdefault(item, {"item": item, "board": "", "name": ""})
    return list(items.values()) or None


def file(raw: Json, found: JsonObject) -> Json:
    """Files, links to files elsewhere, and documents. That a file is gone shows when it is read."""
    typed = found.get("files")
    if typed is not None:
        return [_typed_file(one) for one in typed if one] or None
    return [_raw_file(one) for one in (raw or {}).get("files") or ()] or None


def doc(raw: Json, found: JsonObject) -> Json:
    """A document of Monday.com."""
    typed = found.get("doc")
    if typed is not None:
        return _doc(typed["object_id"], typed.get("url"))
    files = (raw or {}).get("files") or ()
    return _doc(files[0]["objectId"], files[0].get("linkToFile")) if files else None


def integration(raw: Json, found: JsonObject) -> Json:
    """A link to the issue in another tool."""
    known = raw or {}
    url = found.get("issue_api_url") or known.get("issue_api_url") or known.get("url")
    name = found.get("issue_id") or found.get("entity_id") or known.get("entity_id")
    if not (url or name):
        return None
    return {"url": str(url or ""), "text": str(name or "")}


def vote(raw: Json, found: JsonObject) -> Json:
    """How many, and who."""
    typed = found.get("voter_ids")
    listed = (raw or {}).get("voter_ids") if typed is None else typed
    voters = [str(one) for one in listed or ()]
    count = int(found.get("vote_count") or len(voters))
    return {"count": count, "voters": voters} if count else None


def _old_people(raw: JsonObject, found: JsonObject) -> Iterable[JsonObject]:
    person = found.get("person_id") or raw.get("person_id")
    team = found.get("team_id") or raw.get("team_id")
    if person:
        yield {"id": person, "kind": "person"}
    if team:
        yield {"id": team, "kind": "team"}


def _linked(raw: Json, found: JsonObject) -> list[str]:
    typed = found.get("linked_item_ids")
    if typed is not None:
        return [str(one) for one in typed]
    return [str(one["linkedPulseId"]) for one in (raw or {}).get("linkedPulseIds") or ()]


def _dependency(item: Json, of_type: str, days: int) -> dict[str, Json]:
    return {"item": str(item), "type": of_type, "lag_days": days}


def _typed_file(one: JsonObject) -> dict[str, Json]:
    if "asset_id" in one:
        return {"asset": str(one["asset_id"])}
    if "object_id" in one:
        return _doc(one["object_id"], one.get("url"))
    return _file_link(one["link"], one.get("name"), one.get("kind"))


def _raw_file(one: JsonObject) -> dict[str, Json]:
    of_type = one.get("fileType")
    if of_type == _ASSET or one.get("assetId"):
        return {"asset": str(one["assetId"])}
    if of_type == _DOC or one.get("objectId"):
        return _doc(one["objectId"], one.get("linkToFile"))
    return _file_link(one["linkToFile"], one.get("name"), of_type)


def _file_link(url: Json, name: Json, of_kind: Json) -> dict[str, Json]:
    kind = str(of_kind or "link").lower()
    return {"url": str(url or ""), "name": str(name or ""), "kind": kind}


def _doc(object_id: Json, url: Json) -> dict[str, Json]:
    return {"doc": str(object_id), "url": str(url or "")}
