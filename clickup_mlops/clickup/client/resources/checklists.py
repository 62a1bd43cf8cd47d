"""Checklists of a task. There is no call to list them: read the task."""

from clickup_mlops.clickup.client.base import (
    UNSET,
    Resource,
    Unset,
    check_name,
    drop_none,
    drop_unset,
)
from clickup_mlops.clickup.content import Checklist
from clickup_mlops.clickup.model import Task, read_objects


class Checklists(Resource):
    """Create, change and delete checklists and their items."""

    @staticmethod
    def of(task: Task) -> tuple[Checklist, ...]:
        """The checklists that the task came with."""
        return tuple(map(Checklist.parse, read_objects(task.raw, "checklists", "id")))

    def create(self, task_id: str, name: str) -> Checklist:
        """A new, empty checklist.

        https://developer.clickup.com/reference/createchecklist
        """
        route = "/api/v2/task/{task_id}/checklist"
        answer = self._api.post(route, {"name": check_name(name)}, task_id=task_id)
        return answer.parse_one(Checklist.parse, "checklist")

    def rename(self, checklist_id: str, name: str) -> None:
        """Give it another name.

        https://developer.clickup.com/reference/editchecklist
        """
        route = "/api/v2/checklist/{checklist_id}"
        self._api.put(route, {"name": check_name(name)}, checklist_id=checklist_id)

    def move(self, checklist_id: str, position: int) -> None:
        """Put it at this place among the task's checklists; 0 is the top.

        https://developer.clickup.com/reference/editchecklist
        """
        route = "/api/v2/checklist/{checklist_id}"
        self._api.put(route, {"position": position}, checklist_id=checklist_id)

    def delete(self, checklist_id: str) -> None:
        """Remove it with its items.

        https://developer.clickup.com/reference/deletechecklist
        """
        self._api.delete("/api/v2/checklist/{checklist_id}", checklist_id=checklist_id)

    def add_item(self, checklist_id: str, name: str, *, assignee: int | None = None) -> Checklist:
        """A new item; the whole checklist comes back.

        https://developer.clickup.com/reference/createchecklistitem
        """
        route = "/api/v2/checklist/{checklist_id}/checklist_item"
        body = drop_none(name=check_name(name), assignee=assignee)
        return self._api.post(route, body, checklist_id=checklist_id).parse_one(
            Checklist.parse, "checklist"
        )

    def update_item(
        self,
        checklist_id: str,
        item_id: str,
        *,
        name: str | Unset = UNSET,
        resolved: bool | Unset = UNSET,
        assignee: int | Unset | None = UNSET,
        parent_id: str | Unset | None = UNSET,
    ) -> Checklist:
        """Change what is given; the whole checklist comes back.

        https://developer.clickup.com/reference/editchecklistitem
        """
        body = drop_unset(name=name, resolved=resolved, assignee=assignee, parent=parent_id)
        route = "/api/v2/checklist/{checklist_id}/checklist_item/{item_id}"
        answer = self._api.put(route, body, checklist_id=checklist_id, item_id=item_id)
        return answer.parse_one(Checklist.parse, "checklist")

    def delete_item(self, checklist_id: str, item_id: str) -> None:
        """Remove one item.

        https://developer.clickup.com/reference/deletechecklistitem
        """
        route = "/api/v2/checklist/{checklist_id}/checklist_item/{item_id}"
        self._api.delete(route, checklist_id=checklist_id, item_id=item_id)
