"""Goals and their key results."""

from collections.abc import Iterable
from typing import Literal

from clickup_mlops.clickup.client.base import UNSET, Resource, Unset, check_ids, check_name
from clickup_mlops.clickup.goals import Goal, KeyResult, parse_folder
from clickup_mlops.json_types import Json

Kind = Literal["number", "currency", "boolean", "percentage", "automatic"]


class Goals(Resource):
    """Create, read, change and delete goals and key results. Times are Unix milliseconds."""

    def all(self, team_id: str, *, include_completed: bool = False) -> tuple[Goal, ...]:
        """The workspace's goals, those in folders last.

        https://developer.clickup.com/reference/getgoals
        """
        parameters = {"include_completed": include_completed}
        answer = self._api.get("/api/v2/team/{team_id}/goal", parameters, team_id=team_id)
        loose = answer.parse_many(Goal.parse, "goals")
        folders = answer.parse_many(parse_folder, "folders") if answer.get("folders") else ()
        return loose + tuple(goal for folder in folders for goal in folder)

    def get(self, goal_id: str) -> Goal:
        """One goal with its key results.

        https://developer.clickup.com/reference/getgoal
        """
        return self._api.get("/api/v2/goal/{goal_id}", goal_id=goal_id).parse_one(
            Goal.parse, "goal"
        )

    def create(
        self,
        team_id: str,
        name: str,
        *,
        due_ms: int,
        owners: Iterable[int],
        description: str = "",
        color: str = "#32a852",
    ) -> Goal:
        """A new goal of one or more owners.

        Raises:
            UncertainWrite: no answer came: read the goals before creating it again.

        https://developer.clickup.com/reference/creategoal
        """
        people = check_ids(owners)
        # All of them are documented as required.
        body: dict[str, Json] = {
            "name": check_name(name),
            "due_date": due_ms,
            "description": description,
            "multiple_owners": len(people) > 1,
            "owners": people,
            "color": color,
        }
        answer = self._api.post("/api/v2/team/{team_id}/goal", body, team_id=team_id)
        return answer.parse_one(Goal.parse, "goal")

    def update(
        self,
        goal: Goal,
        *,
        name: str | Unset = UNSET,
        due_ms: int | Unset = UNSET,
        description: str | Unset = UNSET,
        color: str | Unset = UNSET,
        owners_add: Iterable[int] = (),
        owners_rem: Iterable[int] = (),
    ) -> Goal:
        """Change what is given; the rest is sent as `goal` has it, because ClickUp wants it whole.

        https://developer.clickup.com/reference/updategoal
        """
        body: dict[str, Json] = {
            "name": check_name(goal.name if name is UNSET else name),
            "due_date": goal.due_ms if due_ms is UNSET else due_ms,
            "description": goal.description if description is UNSET else description,
            "color": goal.color if color is UNSET else color,
            "add_owners": check_ids(owners_add),
            "rem_owners": check_ids(owners_rem),
        }
        answer = self._api.put("/api/v2/goal/{goal_id}", body, goal_id=goal.id)
        return answer.parse_one(Goal.parse, "goal")

    def delete(self, goal_id: str) -> None:
        """Remove the goal with its key results.

        https://developer.clickup.com/reference/deletegoal
        """
        self._api.delete("/api/v2/goal/{goal_id}", goal_id=goal_id)

    def add_key_result(
        self,
        goal_id: str,
        name: str,
        kind: Kind = "number",
        *,
        owners: Iterable[int],
        start: int = 0,
        end: int = 1,
        unit: str = "",
        task_ids: Iterable[str] = (),
        list_ids: Iterable[str] = (),
    ) -> KeyResult:
        """A new key result that goes from `start` to `end`; `automatic` ones count tasks.

        Raises:
            UncertainWrite: no answer came: read the goal before adding it again.

        https://developer.clickup.com/reference/createkeyresult
        """
        body: dict[str, Json] = {
            "name": check_name(name),
            "owners": check_ids(owners),
            "type": kind,
            "steps_start": start,
            "steps_end": end,
            "unit": unit,
            "task_ids": list(task_ids),
            "list_ids": list(list_ids),
        }
        answer = self._api.post("/api/v2/goal/{goal_id}/key_result", body, goal_id=goal_id)
        return answer.parse_one(KeyResult.parse, "key_result")

    def update_key_result(self, key_result_id: str, current: int, note: str = "") -> KeyResult:
        """How far it is now, with a note.

        https://developer.clickup.com/reference/editkeyresult
        """
        body: dict[str, Json] = {"steps_current": current, "note": note}
        route = "/api/v2/key_result/{key_result_id}"
        answer = self._api.put(route, body, key_result_id=key_result_id)
        return answer.parse_one(KeyResult.parse, "key_result")

    def delete_key_result(self, key_result_id: str) -> None:
        """Remove it from its goal.

        https://developer.clickup.com/reference/deletekeyresult
        """
        self._api.delete("/api/v2/key_result/{key_result_id}", key_result_id=key_result_id)
