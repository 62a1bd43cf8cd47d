"""Goals and their targets on the wire."""

from clickup_mlops.sandbox.clickup.state.goals import key_results
from clickup_mlops.sandbox.clickup.state.goals.goals import Goal
from clickup_mlops.sandbox.clickup.state.goals.key_results import KeyResult
from clickup_mlops.sandbox.clickup.state.model import JsonTable
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import format_ms, format_user


def format_goal(world: World, goal: Goal) -> JsonTable:
    """A goal with its targets."""
    targets = key_results.list_key_results(world, goal)
    return {
        **_format_head(world, goal),
        "members": _format_members(world, goal) if goal.private else [],
        "key_results": [format_key_result(world, goal, key_result) for key_result in targets],
        "history": [],
        "pretty_url": f"https://app.clickup.com/{goal.team_id}/goals/{goal.number}",
    }


def format_listed_goal(world: World, goal: Goal) -> JsonTable:
    """A goal among others."""
    targets = key_results.list_key_results(world, goal)
    last = max(
        [
            goal.date_updated,
            *(int(key_result.last_action["date_modified"]) for key_result in targets),
        ]
    )
    return {
        **_format_head(world, goal),
        "owner": None,
        "editor_token": f"goal:{goal.id}:{goal.date_updated}",
        "date_updated": format_ms(goal.date_updated),
        "last_update": format_ms(last),
        "pinned": False,
        "key_result_count": len(targets),
        "members": _format_members(world, goal),
        "group_members": [],
    }


def format_key_result(world: World, of: Goal, key_result: KeyResult) -> JsonTable:
    """A target; `percent_completed` is a string, or null before any work."""
    percent = key_results.compute_percent(world, key_result)
    return {
        "id": key_result.id,
        "goal_id": of.id,
        "name": key_result.name,
        "type": key_result.type,
        "unit": key_result.unit,
        "creator": key_result.creator_id,
        "date_created": format_ms(key_result.date_created),
        "goal_pretty_id": str(of.number),
        "steps_start": key_result.steps_start,
        "steps_end": key_result.steps_end,
        "steps_current": key_result.steps,
        "percent_completed": format_ms(percent),
        "completed": percent == 100,
        "task_ids": key_result.task_ids,
        "subcategory_ids": key_result.list_ids,
        "owners": [format_user(world.users[user_id]) for user_id in key_result.owners],
        "last_action": key_result.last_action,
    }


def _format_head(world: World, goal: Goal) -> JsonTable:
    return {
        "id": goal.id,
        "pretty_id": str(goal.number),
        "name": goal.name,
        "team_id": goal.team_id,
        "creator": goal.creator_id,
        "color": goal.color,
        "date_created": format_ms(goal.date_created),
        "start_date": None,
        "due_date": format_ms(goal.due_date),
        "description": goal.description,
        "private": goal.private,
        "archived": False,
        "multiple_owners": goal.multiple_owners,
        "folder_id": None,
        "owners": [format_user(world.users[user_id]) for user_id in goal.owners],
        "percent_completed": key_results.compute_goal_percent(world, goal),
    }


def _format_members(world: World, goal: Goal) -> list[JsonTable]:
    ids = dict.fromkeys([goal.creator_id, *goal.owners, *goal.shared])
    return [
        {
            **format_user(world.users[user_id]),
            "permission_level": "edit",
            "isCreator": user_id == goal.creator_id,
        }
        for user_id in ids
    ]
