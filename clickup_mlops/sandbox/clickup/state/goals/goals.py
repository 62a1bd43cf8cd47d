"""Goals. Goal folders are made in ClickUp's pages only; goals are not for guests."""

from dataclasses import dataclass, field

from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.events import Event, Place
from clickup_mlops.sandbox.clickup.state.model import JsonTable, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import (
    filter_member_ids,
    read_flag,
    read_list,
    read_text,
    read_time,
)
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
    goal = world.table(Goal).get(goal_id)
    if goal is None or not _is_visible(world, actor, goal):
        raise no_access("Goal")
    return goal


def list_goals(world: World, actor: User, team_id: str) -> list[Goal]:
    """The goals of a Workspace that the caller may see, oldest first."""
    goals = [g for g in world.table(Goal) if g.team_id == team_id and _is_visible(world, actor, g)]
    return sorted(goals, key=lambda goal: goal.number)


def create(world: World, actor: User, team_id: str, body: JsonTable) -> Goal:
    """A new goal without targets."""
    now = world.now_ms()
    name, due, owners = (
        _read_name(body, ""),
        read_time(body, "due_date", None),
        read_list(body, "owners"),
    )
    goal_id, number = world.ids.uuid("goal"), world.ids.count("goal")
    goal = Goal(goal_id, team_id, number, name, actor.id, now, now, due)
    goal.description = read_text(body, "description", "")
    goal.color = read_text(body, "color", goal.color)
    goal.owners = filter_member_ids(world, owners)
    goal.multiple_owners = read_flag(body, "multiple_owners", False)
    world.table(Goal).put(goal)
    emit_event(world, "goalCreated", goal)
    return goal


def update(world: World, goal: Goal, body: JsonTable) -> None:
    """Change what is named; owners are added and removed."""
    name, due = _read_name(body, goal.name), read_time(body, "due_date", goal.due_date)
    removed = filter_member_ids(world, read_list(body, "rem_owners"))
    added = filter_member_ids(world, read_list(body, "add_owners"))
    goal.name, goal.due_date = name, due
    goal.description = read_text(body, "description", goal.description)
    goal.color = read_text(body, "color", goal.color)
    retained = [user_id for user_id in goal.owners if user_id not in removed]
    goal.owners = list(dict.fromkeys(retained + added))
    goal.date_updated = world.now_ms()
    world.table(Goal).put(goal)
    emit_event(world, "goalUpdated", goal)


def delete(world: World, goal: Goal) -> None:
    """Remove a goal; its targets are removed by `key_results.delete_goal`."""
    world.table(Goal).drop(goal.id)
    emit_event(world, "goalDeleted", goal)


def emit_event(world: World, kind: str, goal: Goal, **more: str) -> None:
    """Emit an event about a goal or one of its targets; webhooks of the Workspace get it."""
    world.emit(Event(kind, {"goal_id": goal.id, **more}, (Place(goal.team_id),)))


def _is_visible(world: World, actor: User, goal: Goal) -> bool:
    if actor.role == access.GUEST or actor.id not in world.teams[goal.team_id].member_ids:
        return False
    return not goal.private or actor.id in (goal.creator_id, *goal.owners, *goal.shared)


def _read_name(body: JsonTable, otherwise: str) -> str:
    name = read_text(body, "name", otherwise)
    if not name.strip():
        raise bad_input("Goal name invalid")
    return name
