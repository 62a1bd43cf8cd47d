"""Who may see what, and what kinds of task there are."""

from clickup_mlops.clickup.client.base import Resource
from clickup_mlops.clickup.hierarchy import TaskType
from clickup_mlops.clickup.model import Person


class Members(Resource):
    """Members of a list or a task. Those of a workspace come with `authorization.workspaces`."""

    def of_list(self, list_id: str) -> tuple[Person, ...]:
        """Who was given access to this list explicitly.

        https://developer.clickup.com/reference/getlistmembers
        """
        # Only explicit access: whoever sees the List through its Space is not among them.
        answer = self._api.get("/api/v2/list/{list_id}/member", list_id=list_id)
        return answer.parse_many(Person.parse, "members")

    def of_task(self, task_id: str) -> tuple[Person, ...]:
        """Who has access to this task.

        https://developer.clickup.com/reference/gettaskmembers
        """
        answer = self._api.get("/api/v2/task/{task_id}/member", task_id=task_id)
        return answer.parse_many(Person.parse, "members")

    def task_types(self, team_id: str) -> tuple[TaskType, ...]:
        """The workspace's own task types; 0 (task) and 1 (milestone) exist everywhere.

        https://developer.clickup.com/reference/getcustomitems
        """
        answer = self._api.get("/api/v2/team/{team_id}/custom_item", team_id=team_id)
        return answer.parse_many(TaskType.parse, "custom_items")
