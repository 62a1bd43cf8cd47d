"""Goals. Goal folders are made in ClickUp's pages only; goals are not for guests."""

from dataclasses import dataclass, field

from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.events import Event, Place
from clickup_mlops.sandbox.clickup.state.model import Json, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import flag, listed, moment, people, text
from clickup_mlops.sandbox.clickup.state.world import World


@dataclass(slots=True)
class Goal:
    """A goal; `number` is the id that its address shows, `shared` who sees a private one."""

    id: str
    team_id: str
    number: int
    name: str
    creator_id: int
    date_created: int
    date_updated: int
    due_date: int | None
    description: str = ""
    color: str = "#7b68ee"
    multiple_owners: bool = False
    private: bool = False
    owners: list[int] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)


def get(world: World, actor: User, goal_id: str) -> Goal:
    """A goal by id, if the caller may see it."""
    found = world.table(Goal).get(goal_id)
    if found is None or not _sees(world, actor, found):
        raise no_access("Goal")
    return found


def of_team(world: World, actor: User, team_id: str) -> list[Goal]:
    """The goals of a Workspace that the caller may see, oldest first."""
    found = [g for g in world.table(Goal) if g.team_id == team_id and _sees(world, actor, g)]
    return sorted(found, key=lambda one: one.number)


def create(world: World, actor: User, team_id: str, body: Json) -> Goal:
    """A new goal without targets."""
    now = world.now_ms()
    name, due, owners = _name(body, ""), moment(body, "due_date", None), listed(body, "owners")
    goal_id, number = world.ids.uuid("goal"), world.ids.count("goal")
    made = Goal(goal_id, team_id, number, name, actor.id, now, now, due)
    made.description = text(body, "description", "")
    made.color = text(body, "color", made.color)
    made.owners = people(world, owners)
    made.multiple_owners = flag(body, "multiple_owners", False)
    world.table(Goal).put(made)
    tell(world, "goalCreated", made)
    return made


def update(world: World, found: Goal, body: Json) -> None:
    """Change what is named; owners are added and removed."""
    name, due = _name(body, found.name), moment(body, "due_date", found.due_date)
    removed = people(world, listed(body, "rem_owners"))
    added = people(world, listed(body, "add_owners"))
    found.name, found.due_date = name, due
    found.description = text(body, "description", found.description)
    found.color = text(body, "color", found.color)
    kept = [one for one in found.owners if one not in removed]
    found.owners = list(dict.fromkeys(kept + added))
    found.date_updated = world.now_ms()
    world.table(Goal).put(found)
    tell(world, "goalUpdated", found)


def delete(world: World, found: Goal) -> None:
    """Remove a goal."""
    world.table(Goal).drop(found.id)
    tell(world, "goalDeleted", found)


def tell(world: World, kind: str, found: Goal, **more: str) -> None:
    """Emit an event about a goal or one of its targets; webhooks of the Workspace get it."""
    world.emit(Event(kind, {"goal_id": found.id, **more}, (Place(found.team_id),)))


def _sees(world: World, actor: User, found: Goal) -> bool:
    if actor.role == access.GUEST or actor.id not in world.teams[found.team_id].member_ids:
        return False
    return not found.private or actor.id in (found.creator_id, *found.owners, *found.shared)


def _name(body: Json, otherwise: str) -> str:
    name = text(body, "name", otherwise)
    if not name.strip():
        raise bad_input("Goal name invalid")
    return name
