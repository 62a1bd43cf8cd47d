"""Goals and their targets on the wire."""

from clickup_mlops.sandbox.clickup.state.goals import key_results
from clickup_mlops.sandbox.clickup.state.goals.goals import Goal
from clickup_mlops.sandbox.clickup.state.goals.key_results import KeyResult
from clickup_mlops.sandbox.clickup.state.model import Json
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import ms, person


def goal(world: World, found: Goal) -> Json:
    """A goal with its targets."""
    targets = key_results.of_goal(world, found)
    return {
        **_head(world, found),
        "members": _members(world, found) if found.private else [],
        "key_results": [key_result(world, found, one) for one in targets],
        "history": [],
        "pretty_url": f"https://app.clickup.com/{found.team_id}/goals/{found.number}",
    }


def listed(world: World, found: Goal) -> Json:
    """A goal among others."""
    targets = key_results.of_goal(world, found)
    last = max([found.date_updated, *(int(one.last_action["date_modified"]) for one in targets)])
    return {
        **_head(world, found),
        "owner": None,
        "editor_token": f"goal:{found.id}:{found.date_updated}",
        "date_updated": ms(found.date_updated),
        "last_update": ms(last),
        "pinned": False,
        "key_result_count": len(targets),
        "members": _members(world, found),
        "group_members": [],
    }


def key_result(world: World, of: Goal, found: KeyResult) -> Json:
    """A target."""
    percent = key_results.percent(world, found)
    return {
        "id": found.id,
        "goal_id": of.id,
        "name": found.name,
        "type": found.type,
        "unit": found.unit,
        "creator": found.creator_id,
        "date_created": ms(found.date_created),
        "goal_pretty_id": str(of.number),
        "steps_start": found.steps_start,
        "steps_end": found.steps_end,
        "steps_current": found.steps,
        "percent_completed": ms(percent),
        "completed": percent == 100,
        "task_ids": found.task_ids,
        "subcategory_ids": found.list_ids,
        "owners": [person(world.users[one]) for one in found.owners],
        "last_action": found.last_action,
    }


def _head(world: World, found: Goal) -> Json:
    return {
        "id": found.id,
        "pretty_id": str(found.number),
        "name": found.name,
        "team_id": found.team_id,
        "creator": found.creator_id,
        "color": found.color,
        "date_created": ms(found.date_created),
        "start_date": None,
        "due_date": ms(found.due_date),
        "description": found.description,
        "private": found.private,
        "archived": False,
        "multiple_owners": found.multiple_owners,
        "folder_id": None,
        "owners": [person(world.users[one]) for one in found.owners],
        "percent_completed": key_results.percent_of_goal(world, found),
    }


def _members(world: World, found: Goal) -> list[Json]:
    ids = dict.fromkeys([found.creator_id, *found.owners, *found.shared])
    return [
        {
            **person(world.users[one]),
            "permission_level": "edit",
            "isCreator": one == found.creator_id,
        }
        for one in ids
    ]
