"""Labels on time entries, which the API calls tags. They belong to the Workspace."""

from collections.abc import Iterable
from dataclasses import dataclass

from clickup_mlops.sandbox.clickup.state.model import Json, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import text
from clickup_mlops.sandbox.clickup.state.world import World

_COLORS = ("#BF55EC", "#FFFFFF")


@dataclass(slots=True)
class TimeLabel:
    """A label; `id` is made from Workspace and name."""

    id: str
    team_id: str
    name: str
    creator_id: int
    tag_bg: str
    tag_fg: str


def of_team(world: World, team_id: str) -> list[TimeLabel]:
    """Every label of a Workspace, by name."""
    found = [one for one in world.table(TimeLabel) if one.team_id == team_id]
    return sorted(found, key=lambda one: one.name)


def get(world: World, team_id: str, name: str) -> TimeLabel:
    """A label by name."""
    found = world.table(TimeLabel).get(_key(team_id, name))
    if found is None:
        raise no_access("Tag")
    return found


def know(world: World, actor: User, team_id: str, asked: Iterable[Json]) -> list[str]:
    """The names asked for; the Workspace learns those it lacks."""
    names = [_name(one) for one in asked]
    for name, one in zip(names, asked, strict=True):
        if _key(team_id, name) not in world.table(TimeLabel):
            bg, fg = text(one, "tag_bg", _COLORS[0]), text(one, "tag_fg", _COLORS[1])
            made = TimeLabel(_key(team_id, name), team_id, name, actor.id, bg, fg)
            world.table(TimeLabel).put(made)
    return list(dict.fromkeys(names))


def change(world: World, found: TimeLabel, body: Json) -> str:
    """Rename and recolour a label; returns its new name, to be put on its entries."""
    name = text(body, "new_name", found.name)
    if not name.strip():
        raise bad_input("Tag name invalid")
    if name != found.name and _key(found.team_id, name) in world.table(TimeLabel):
        raise bad_input("Tag name taken")
    world.table(TimeLabel).drop(found.id)
    found.id, found.name = _key(found.team_id, name), name
    found.tag_bg = text(body, "tag_bg", found.tag_bg)
    found.tag_fg = text(body, "tag_fg", found.tag_fg)
    world.table(TimeLabel).put(found)
    return name


def _key(team_id: str, name: str) -> str:
    return f"{team_id}:{name}"


def _name(asked: Json) -> str:
    name = text(asked, "name", "")
    if not name.strip():
        raise bad_input("Tag name invalid")
    return name
