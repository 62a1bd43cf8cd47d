"""The targets of a goal. Their progress is the goal's.

`percent_completed` of a target is documented as a string or null: null until it was worked on.
"""

from dataclasses import dataclass, field

from clickup_mlops.sandbox.clickup.state.goals import goals
from clickup_mlops.sandbox.clickup.state.goals.goals import Goal
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import filter_member_ids, read_list, read_text
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
    last_action: JsonTable = field(default_factory=dict)


def get(world: World, actor: User, key_result_id: str) -> tuple[KeyResult, Goal]:
    """A target by id, with its goal."""
    key_result = world.table(KeyResult).get(key_result_id)
    if key_result is None:
        raise no_access("Key result")
    return key_result, goals.get(world, actor, key_result.goal_id)


def list_key_results(world: World, goal: Goal) -> list[KeyResult]:
    """The targets of a goal, oldest first."""
    key_results = [
        key_result for key_result in world.table(KeyResult) if key_result.goal_id == goal.id
    ]
    return sorted(key_results, key=lambda key_result: (key_result.date_created, key_result.id))


def create(world: World, actor: User, goal: Goal, body: JsonTable) -> KeyResult:
    """Create a target; `name` and a `type` of `TYPES` are required."""
    kind, name = read_text(body, "type", ""), read_text(body, "name", "")
    if kind not in TYPES or not name.strip():
        raise bad_input(f"name and type are required; types: {', '.join(TYPES)}")
    key_result = KeyResult("", goal.id, name, kind, actor.id, world.now_ms())
    key_result.unit = read_text(body, "unit", "")
    key_result.steps_start, key_result.steps_end = _read_ends(body, key_result)
    key_result.owners = filter_member_ids(world, read_list(body, "owners"))
    key_result.task_ids = [str(task_id) for task_id in read_list(body, "task_ids")]
    key_result.list_ids = [str(list_id) for list_id in read_list(body, "list_ids")]
    key_result.id = world.ids.uuid("key_result")
    key_result.last_action = _make_action(world, actor, key_result, "Created Key Result")
    world.table(KeyResult).put(key_result)
    goals.emit_event(world, "keyResultCreated", goal, key_result_id=key_result.id)
    return key_result


def update(world: World, actor: User, goal: Goal, key_result: KeyResult, body: JsonTable) -> None:
    """Say where a target stands, with a note. Name, unit and ends can be changed, too."""
    before, after = key_result.steps, _read_steps(body, "steps_current", key_result.steps)
    name = read_text(body, "name", key_result.name)
    key_result.steps_start, key_result.steps_end = _read_ends(body, key_result)
    key_result.name, key_result.unit = name, read_text(body, "unit", key_result.unit)
    key_result.steps = after
    key_result.last_action = _make_action(
        world, actor, key_result, read_text(body, "note", "")
    ) | _format_progress(key_result, before, after)
    world.table(KeyResult).put(key_result)
    goals.emit_event(world, "keyResultUpdated", goal, key_result_id=key_result.id)


def delete(world: World, goal: Goal, key_result: KeyResult) -> None:
    """Remove a target, and tell the webhooks of the Workspace."""
    world.table(KeyResult).drop(key_result.id)
    goals.emit_event(world, "keyResultDeleted", goal, key_result_id=key_result.id)


def delete_goal(world: World, goal: Goal) -> None:
    """Remove a goal with its targets, which go unreported."""
    for key_result in list_key_results(world, goal):
        world.table(KeyResult).drop(key_result.id)
    goals.delete(world, goal)


def compute_percent(world: World, key_result: KeyResult) -> int | None:
    """Progress, 0 to 100; None for a target that nobody has worked on."""
    if key_result.type == "automatic":
        counted = _find_tasks(world, key_result)
        done_count = sum(task.date_done is not None for task in counted)
        return round(100 * done_count / len(counted)) if counted else None
    if key_result.steps is None:
        return None
    if key_result.type == "boolean":
        return 100 if key_result.steps else 0
    share = (key_result.steps - key_result.steps_start) / (
        key_result.steps_end - key_result.steps_start
    )
    return round(100 * min(max(share, 0), 1))


def compute_goal_percent(world: World, goal: Goal) -> int:
    """The mean progress of its targets, 0 to 100."""
    percentages = [
        compute_percent(world, key_result) or 0 for key_result in list_key_results(world, goal)
    ]
    return round(sum(percentages) / len(percentages)) if percentages else 0


def _find_tasks(world: World, key_result: KeyResult) -> list[Task]:
    listed_tasks = [task for list_id in key_result.list_ids for task in world.tasks_of(list_id)]
    named = [task for task_id in key_result.task_ids if (task := world.tasks.get(task_id))]
    return list({task.id: task for task in named + listed_tasks}.values())


def _read_ends(body: JsonTable, key_result: KeyResult) -> tuple[Steps, Steps]:
    start = _read_steps(body, "steps_start", key_result.steps_start) or 0
    end = _read_steps(body, "steps_end", key_result.steps_end) or 0
    if start == end and key_result.type in ("number", "currency", "percentage"):
        raise bad_input("steps_start and steps_end must differ")
    return start, end


def _read_steps(body: JsonTable, key: str, otherwise: Steps | None) -> Steps | None:
    value = body.get(key, otherwise)
    if value is None:
        return otherwise
    if not isinstance(value, int | float):
        raise bad_input(f"{key} invalid")
    return value


def _make_action(world: World, actor: User, key_result: KeyResult, note: str) -> JsonTable:
    return {
        "id": world.ids.uuid("action"),
        "key_result_id": key_result.id,
        "userid": actor.id,
        "date_modified": str(world.now_ms()),
        "note": note,
        **dict.fromkeys(("steps_taken", "steps_before", "steps_current")),
    }


def _format_progress(key_result: KeyResult, before: Steps | None, after: Steps | None) -> JsonTable:
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
