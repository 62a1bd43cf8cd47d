"""The targets of a goal. Their progress is the goal's.

`percent_completed` of a target is documented as a string or null: null until it was worked on.
"""

from dataclasses import dataclass, field

from clickup_mlops.sandbox.clickup.state.goals import goals
from clickup_mlops.sandbox.clickup.state.goals.goals import Goal
from clickup_mlops.sandbox.clickup.state.model import Json, Task, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import listed, people, text
from clickup_mlops.sandbox.clickup.state.world import World

TYPES = ("number", "currency", "boolean", "percentage", "automatic")
Steps = int | float


@dataclass(slots=True)
class KeyResult:
    """A target. `steps` is where it stands; an automatic one counts tasks that are done."""

    id: str
    goal_id: str
    name: str
    type: str
    creator_id: int
    date_created: int
    unit: str = ""
    steps_start: Steps = 0
    steps_end: Steps = 1
    steps: Steps | None = None
    owners: list[int] = field(default_factory=list)
    task_ids: list[str] = field(default_factory=list)
    list_ids: list[str] = field(default_factory=list)
    last_action: Json = field(default_factory=dict)


def get(world: World, actor: User, key_result_id: str) -> tuple[KeyResult, Goal]:
    """A target by id, with its goal."""
    found = world.table(KeyResult).get(key_result_id)
    if found is None:
        raise no_access("Key result")
    return found, goals.get(world, actor, found.goal_id)


def of_goal(world: World, goal: Goal) -> list[KeyResult]:
    """The targets of a goal, oldest first."""
    found = [one for one in world.table(KeyResult) if one.goal_id == goal.id]
    return sorted(found, key=lambda one: (one.date_created, one.id))


def create(world: World, actor: User, goal: Goal, body: Json) -> KeyResult:
    """A new target."""
    kind, name = text(body, "type", ""), text(body, "name", "")
    if kind not in TYPES or not name.strip():
        raise bad_input(f"name and type are required; types: {', '.join(TYPES)}")
    made = KeyResult("", goal.id, name, kind, actor.id, world.now_ms())
    made.unit = text(body, "unit", "")
    made.steps_start, made.steps_end = _ends(body, made)
    made.owners = people(world, listed(body, "owners"))
    made.task_ids = [str(one) for one in listed(body, "task_ids")]
    made.list_ids = [str(one) for one in listed(body, "list_ids")]
    made.id = world.ids.uuid("key_result")
    made.last_action = _action(world, actor, made, "Created Key Result")
    world.table(KeyResult).put(made)
    goals.tell(world, "keyResultCreated", goal, key_result_id=made.id)
    return made


def update(world: World, actor: User, goal: Goal, found: KeyResult, body: Json) -> None:
    """Say where a target stands, with a note. Name, unit and ends can be changed, too."""
    before, after = found.steps, _steps(body, "steps_current", found.steps)
    name = text(body, "name", found.name)
    found.steps_start, found.steps_end = _ends(body, found)
    found.name, found.unit = name, text(body, "unit", found.unit)
    found.steps = after
    found.last_action = _action(world, actor, found, text(body, "note", "")) | _moved(
        found, before, after
    )
    world.table(KeyResult).put(found)
    goals.tell(world, "keyResultUpdated", goal, key_result_id=found.id)


def delete(world: World, goal: Goal, found: KeyResult) -> None:
    """Remove a target."""
    world.table(KeyResult).drop(found.id)
    goals.tell(world, "keyResultDeleted", goal, key_result_id=found.id)


def delete_goal(world: World, goal: Goal) -> None:
    """Remove a goal with its targets, which go unreported."""
    for one in of_goal(world, goal):
        world.table(KeyResult).drop(one.id)
    goals.delete(world, goal)


def percent(world: World, found: KeyResult) -> int | None:
    """Progress, 0 to 100; None for a target that nobody has worked on."""
    if found.type == "automatic":
        counted = _tasks(world, found)
        done = sum(one.date_done is not None for one in counted)
        return round(100 * done / len(counted)) if counted else None
    if found.steps is None:
        return None
    if found.type == "boolean":
        return 100 if found.steps else 0
    share = (found.steps - found.steps_start) / (found.steps_end - found.steps_start)
    return round(100 * min(max(share, 0), 1))


def percent_of_goal(world: World, goal: Goal) -> int:
    """The mean progress of its targets, 0 to 100."""
    each = [percent(world, one) or 0 for one in of_goal(world, goal)]
    return round(sum(each) / len(each)) if each else 0


def _tasks(world: World, found: KeyResult) -> list[Task]:
    listed_tasks = [one for list_id in found.list_ids for one in world.tasks_of(list_id)]
    named = [task for one in found.task_ids if (task := world.tasks.get(one))]
    return list({one.id: one for one in named + listed_tasks}.values())


def _ends(body: Json, found: KeyResult) -> tuple[Steps, Steps]:
    start = _steps(body, "steps_start", found.steps_start) or 0
    end = _steps(body, "steps_end", found.steps_end) or 0
    if start == end and found.type in ("number", "currency", "percentage"):
        raise bad_input("steps_start and steps_end must differ")
    return start, end


def _steps(body: Json, key: str, otherwise: Steps | None) -> Steps | None:
    value = body.get(key, otherwise)
    if value is None:
        return otherwise
    if not isinstance(value, int | float):
        raise bad_input(f"{key} invalid")
    return value


def _action(world: World, actor: User, found: KeyResult, note: str) -> Json:
    return {
        "id": world.ids.uuid("action"),
        "key_result_id": found.id,
        "userid": actor.id,
        "date_modified": str(world.now_ms()),
        "note": note,
        **dict.fromkeys(("steps_taken", "steps_before", "steps_current")),
    }


def _moved(found: KeyResult, before: Steps | None, after: Steps | None) -> Json:
    """How far it got: strings, and numbers under `_float`, as documented."""
    from_, to = (before or 0, after or 0)
    return {
        "steps_taken": str(to - from_),
        "steps_before": None if before is None else str(before),
        "steps_current": None if after is None else str(after),
        "steps_before_float": from_,
        "steps_taken_float": to - from_,
        "steps_current_float": None if after is None else str(after),
    }
