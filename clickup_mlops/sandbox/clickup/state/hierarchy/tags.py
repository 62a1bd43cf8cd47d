"""Tags live in the Space; a task carries names."""

from collections.abc import Iterable

from clickup_mlops.sandbox.clickup.state.model import JsonTable, Space, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import read_record, read_text
from clickup_mlops.sandbox.clickup.state.world import World

_COLORS = ("#800000", "#FF4081", "#02BCD4", "#7C4DFF", "#2ecd6f", "#f9ae27")


def ensure_tags(world: World, space: Space, names: Iterable[str], actor: User) -> list[JsonTable]:
    """The tags of these names; the Space learns those it lacks."""
    for name in names:
        if name not in space.tags:
            color = _COLORS[len(space.tags) % len(_COLORS)]
            space.tags[name] = {"name": name, "tag_fg": color, "tag_bg": color, "creator": actor.id}
            world.spaces.put(space)
    return [space.tags[name] for name in names]


def create(world: World, actor: User, space: Space, body: JsonTable) -> None:
    """A new tag, with colours if given."""
    values = read_record(body, "tag")
    name = read_text(values, "name", "").lower()
    if not name:
        raise bad_input("Tag name invalid")
    (tag,) = ensure_tags(world, space, [name], actor)
    tag.update({key: values[key] for key in ("tag_fg", "tag_bg") if values.get(key)})
    world.spaces.put(space)


def edit(world: World, space: Space, name: str, body: JsonTable) -> JsonTable:
    """Rename or recolour a tag everywhere in the Space."""
    tag = space.tags.pop(name.lower(), None)
    if tag is None:
        raise no_access("Tag")
    values = read_record(body, "tag")
    new_name = read_text(values, "name", name).lower()
    for ours, theirs in (("tag_fg", "fg_color"), ("tag_bg", "bg_color")):
        tag[ours] = values.get(ours) or values.get(theirs) or tag[ours]
    tag["name"] = new_name
    space.tags[new_name] = tag
    world.spaces.put(space)
    _replace(world, space, name.lower(), [new_name])
    return tag


def delete(world: World, space: Space, name: str) -> None:
    """Remove a tag from the Space and all its tasks."""
    if space.tags.pop(name.lower(), None) is not None:
        world.spaces.put(space)
        _replace(world, space, name.lower(), [])


def _replace(world: World, space: Space, old: str, new: list[str]) -> None:
    for task in world.tasks:
        if old in task.tags and world.lists[task.list_id].space_id == space.id:
            at = task.tags.index(old)
            task.tags[at : at + 1] = new
            world.tasks.put(task)
