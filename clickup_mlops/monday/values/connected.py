"""Decoders of values that name people, items, files or documents. See `values.Decoder`.

Since 2025-04 `value` is null for links between items: only the typed fields have them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from clickup_mlops.json_types import Json, JsonObject

_DEPENDENCIES: Final = {0: "FS", 1: "SS", 2: "FF", 3: "SF"}
_ASSET, _DOC = "ASSET", "MONDAY_DOC"


def decode_people(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """People, teams and agents."""
    typed = column_value.get("persons_and_teams")
    listed = typed if typed is not None else (raw or {}).get("personsAndTeams")
    listed = listed or _read_old_people(raw or {}, column_value)
    return [
        {"id": str(person["id"]), "kind": str(person.get("kind") or "person")} for person in listed
    ] or (None)


def decode_dependency(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """The items that this one waits for, the kind and the days between."""
    links = {
        str(link["linked_item_id"]): _build_dependency(
            link["linked_item_id"],
            _DEPENDENCIES[int(link.get("dependency_type") or 0)],
            int(link.get("lag") or 0),
        )
        for link in column_value.get("dependency_links") or ()
    }
    for item in _linked_ids(raw, column_value):
        links.setdefault(item, _build_dependency(item, "FS", 0))
    return list(links.values()) or None


def decode_board_relation(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """Items of other boards; of those that the token cannot see only the id is known."""
    items = {
        str(linked_item["id"]): {
            "item": str(linked_item["id"]),
            "board": str((linked_item.get("board") or {}).get("id") or ""),
            "name": str(linked_item.get("name") or ""),
        }
        for linked_item in column_value.get("linked_items") or ()
        if linked_item is not None
    }
    for item in _linked_ids(raw, column_value):
        items.setdefault(item, {"item": item, "board": "", "name": ""})
    return list(items.values()) or None


def decode_file(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """Files, links to files elsewhere, and documents. That a file is gone shows when it is read."""
    typed = column_value.get("files")
    if typed is not None:
        return [_build_typed_file(entry) for entry in typed if entry] or None
    return [_build_raw_file(entry) for entry in (raw or {}).get("files") or ()] or None


def decode_doc(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """A document of Monday.com."""
    typed = column_value.get("doc")
    if typed is not None:
        return _build_doc(typed["object_id"], typed.get("url"))
    files = (raw or {}).get("files") or ()
    return _build_doc(files[0]["objectId"], files[0].get("linkToFile")) if files else None


def decode_integration(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """A link to the issue in another tool."""
    fields = raw or {}
    url = column_value.get("issue_api_url") or fields.get("issue_api_url") or fields.get("url")
    name = column_value.get("issue_id") or column_value.get("entity_id") or fields.get("entity_id")
    if not (url or name):
        return None
    return {"url": str(url or ""), "text": str(name or "")}


def decode_vote(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """How many, and who."""
    typed = column_value.get("voter_ids")
    listed = (raw or {}).get("voter_ids") if typed is None else typed
    voters = [str(voter_id) for voter_id in listed or ()]
    count = int(column_value.get("vote_count") or len(voters))
    return {"count": count, "voters": voters} if count else None


def _read_old_people(raw: JsonObject, column_value: JsonObject) -> Iterable[JsonObject]:
    person = column_value.get("person_id") or raw.get("person_id")
    team = column_value.get("team_id") or raw.get("team_id")
    if person:
        yield {"id": person, "kind": "person"}
    if team:
        yield {"id": team, "kind": "team"}


def _linked_ids(raw: Any, column_value: Mapping[str, Any]) -> list[str]:
    typed = column_value.get("linked_item_ids")
    if typed is not None:
        return [str(item_id) for item_id in typed]
    return [str(item_id["linkedPulseId"]) for item_id in (raw or {}).get("linkedPulseIds") or ()]


def _build_dependency(item: Json, of_type: str, days: int) -> dict[str, Json]:
    return {"item": str(item), "type": of_type, "lag_days": days}


def _build_typed_file(entry: JsonObject) -> dict[str, Json]:
    if "asset_id" in entry:
        return {"asset": str(entry["asset_id"])}
    if "object_id" in entry:
        return _build_doc(entry["object_id"], entry.get("url"))
    return _build_file_link(entry["link"], entry.get("name"), entry.get("kind"))


def _build_raw_file(entry: JsonObject) -> dict[str, Json]:
    of_type = entry.get("fileType")
    if of_type == _ASSET or entry.get("assetId"):
        return {"asset": str(entry["assetId"])}
    if of_type == _DOC or entry.get("objectId"):
        return _build_doc(entry["objectId"], entry.get("linkToFile"))
    return _build_file_link(entry["linkToFile"], entry.get("name"), of_type)


def _build_file_link(url: Json, name: Json, of_kind: Json) -> dict[str, Json]:
    kind = str(of_kind or "link").lower()
    return {"url": str(url or ""), "name": str(name or ""), "kind": kind}


def _build_doc(object_id: Json, url: Json) -> dict[str, Json]:
    return {"doc": str(object_id), "url": str(url or "")}
