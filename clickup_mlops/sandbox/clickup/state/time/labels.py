"""Labels on time entries, which the API calls tags. They belong to the Workspace."""

from collections.abc import Iterable
from dataclasses import dataclass

from clickup_mlops.sandbox.clickup.state.model import JsonTable, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import read_text
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


def list_labels(world: World, team_id: str) -> list[TimeLabel]:
    """Every label of a Workspace, by name."""
    labels = [label for label in world.table(TimeLabel) if label.team_id == team_id]
    return sorted(labels, key=lambda label: label.name)


def get(world: World, team_id: str, name: str) -> TimeLabel:
    """A label by name."""
    label = world.table(TimeLabel).get(_make_key(team_id, name))
    if label is None:
        raise no_access("Tag")
    return label


def ensure_labels(
    world: World, actor: User, team_id: str, entries: Iterable[JsonTable]
) -> list[str]:
    """The names asked for; the Workspace learns those it lacks."""
    names = [_read_name(entry) for entry in entries]
    for name, entry in zip(names, entries, strict=True):
        if _make_key(team_id, name) not in world.table(TimeLabel):
            bg, fg = read_text(entry, "tag_bg", _COLORS[0]), read_text(entry, "tag_fg", _COLORS[1])
            label = TimeLabel(_make_key(team_id, name), team_id, name, actor.id, bg, fg)
            world.table(TimeLabel).put(label)
    return list(dict.fromkeys(names))


def change(world: World, label: TimeLabel, body: JsonTable) -> str:
    """Rename and recolour a label; returns its new name, to be put on its entries."""
    name = read_text(body, "new_name", label.name)
    if not name.strip():
        raise bad_input("Tag name invalid")
    if name != label.name and _make_key(label.team_id, name) in world.table(TimeLabel):
        raise bad_input("Tag name taken")
    world.table(TimeLabel).drop(label.id)
    label.id, label.name = _make_key(label.team_id, name), name
    label.tag_bg = read_text(body, "tag_bg", label.tag_bg)
    label.tag_fg = read_text(body, "tag_fg", label.tag_fg)
    world.table(TimeLabel).put(label)
    return name


def _make_key(team_id: str, name: str) -> str:
    return f"{team_id}:{name}"


def _read_name(entry: JsonTable) -> str:
    name = read_text(entry, "name", "")
    if not name.strip():
        raise bad_input("Tag name invalid")
    return name
