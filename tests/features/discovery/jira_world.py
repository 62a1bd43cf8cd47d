"""A world as JSON of Jira's search API, with changelogs and comments."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from tests.features.discovery.worlds import DONE, Story, World

PAGE = 1_000


def write(world: World, folder: Path) -> list[Path]:
    """Files of a thousand issues each."""
    files = []
    for start in range(0, len(world.stories), PAGE):
        issues = [issue(story) for story in world.stories[start : start + PAGE]]
        names = {"customfield_1": "Decision"}
        (file := folder / f"issues{start}.json").write_bytes(
            orjson.dumps({"issues": issues, "names": names})
        )
        files.append(file)
    return files


def issue(story: Story) -> dict[str, Any]:
    key = f"T{story.place[-1]}"
    fields: dict[str, Any] = {
        "summary": story.title,
        "project": {"key": key, "name": story.place},
        "status": status(story.stage),
        "created": iso(story.moves[0][0]),
        "reporter": person(story.reporter),
        "creator": person(story.reporter),
        "assignee": person(story.hands[-1][1]),
        "comment": {
            "comments": [
                {
                    "id": f"{n}",
                    "author": person(message.who),
                    "created": iso(message.at),
                    "body": message.text,
                }
                for n, message in enumerate(story.said)
            ]
        },
        "customfield_1": "Keep it" if story.decided else None,
    }
    if story.released:
        day = iso(story.released)[:10]
        fields["fixVersions"] = [{"name": "v1", "released": True, "releaseDate": day}]
    histories = sorted(changes(story), key=lambda change: change["created"])
    return {
        "key": f"{key}-{story.id[1:]}",
        "fields": fields,
        "changelog": {"total": len(histories), "histories": histories},
    }


def changes(story: Story) -> Iterator[dict[str, Any]]:
    for (_, before), (at, after) in zip(story.moves, story.moves[1:], strict=False):
        yield change(at, story.hands[0][1], "status", ("1", before), ("2", after))
    for (_, before), (at, after) in zip(story.hands, story.hands[1:], strict=False):
        yield change(at, after, "assignee", (before, before.title()), (after, after.title()))


def change(
    at: int, who: str, field: str, before: tuple[str, str], after: tuple[str, str]
) -> dict[str, Any]:
    item = {"field": field, "from": before[0], "fromString": before[1]}
    item |= {"to": after[0], "toString": after[1]}
    return {"created": iso(at), "author": person(who), "items": [item]}


def status(name: str) -> dict[str, Any]:
    return {"name": name, "statusCategory": {"key": "done" if name == DONE else "indeterminate"}}


def person(id: str) -> dict[str, str]:
    return {"accountId": id, "displayName": f"{id.title()} Surname"}


def iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
