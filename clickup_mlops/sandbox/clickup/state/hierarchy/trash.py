"""The trash: a deleted Folder or List is still answered by its id, with `deleted: true`."""

from dataclasses import dataclass

from clickup_mlops.sandbox.clickup.state.model import JsonTable
from clickup_mlops.sandbox.clickup.state.world import World


@dataclass(slots=True)
class Trashed:
    """A Folder or List as it was answered last."""

    id: str
    body: JsonTable


def add(world: World, body: JsonTable) -> None:
    """Remember what is being deleted; of a Folder its Lists, too."""
    for inner in body.get("lists", ()):
        add(world, inner)
    world.table(Trashed).put(Trashed(body["id"], {**body, "deleted": True}))


def get(world: World, place_id: str) -> JsonTable | None:
    """The answer for a deleted place; None if it was never there."""
    trashed = world.table(Trashed).get(place_id)
    return None if trashed is None else trashed.body
