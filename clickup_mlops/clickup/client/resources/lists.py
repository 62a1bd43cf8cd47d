"""Lists, in folders or directly in spaces."""

from clickup_mlops.clickup.client.base import (
    UNSET,
    Resource,
    Unset,
    check_name,
    drop_none,
    drop_unset,
)
from clickup_mlops.clickup.client.resources.members import Members
from clickup_mlops.clickup.hierarchy import TaskList, check_not_in_trash, drop_trashed
from clickup_mlops.clickup.model import Person


class Lists(Resource):
    """Read, create, change and delete lists. A list cannot be moved to another folder."""

    def get(self, list_id: str) -> TaskList:
        """One list with the statuses that its tasks can have.

        Raises:
            NotFound: there is none, or it is in the trash.

        https://developer.clickup.com/reference/getlist
        """
        task_list = self._api.get("/api/v2/list/{list_id}", list_id=list_id).parse_one(
            TaskList.parse
        )
        return check_not_in_trash(task_list, "list")

    def of_folder(self, folder_id: str, *, archived: bool = False) -> tuple[TaskList, ...]:
        """The folder's lists.

        https://developer.clickup.com/reference/getlists
        """
        route = "/api/v2/folder/{folder_id}/list"
        answer = self._api.get(route, {"archived": archived}, folder_id=folder_id)
        return drop_trashed(answer.parse_many(TaskList.parse, "lists"))

    def of_space(self, space_id: str, *, archived: bool = False) -> tuple[TaskList, ...]:
        """The lists that sit directly in the space (those in folders come with the folders).

        https://developer.clickup.com/reference/getfolderlesslists
        """
        route = "/api/v2/space/{space_id}/list"
        answer = self._api.get(route, {"archived": archived}, space_id=space_id)
        return drop_trashed(answer.parse_many(TaskList.parse, "lists"))

    def create(
        self,
        name: str,
        *,
        space_id: str | None = None,
        folder_id: str | None = None,
        markdown: str | None = None,
    ) -> TaskList:
        """A new list in a folder, else directly in a space; `markdown` describes it.

        https://developer.clickup.com/reference/createlist
        https://developer.clickup.com/reference/createfolderlesslist
        """
        # Not `status`: on a List that is its colour label, not what its tasks can have.
        body = drop_none(name=check_name(name), markdown_content=markdown)
        if folder_id is not None:
            route = "/api/v2/folder/{folder_id}/list"
            return self._api.post(route, body, folder_id=folder_id).parse_one(TaskList.parse)
        route = "/api/v2/space/{space_id}/list"
        return self._api.post(route, body, space_id=space_id or "").parse_one(TaskList.parse)

    def update(
        self,
        list_id: str,
        *,
        name: str | Unset = UNSET,
        markdown: str | Unset = UNSET,
        due_ms: int | Unset | None = UNSET,
        priority: int | Unset | None = UNSET,
    ) -> TaskList:
        """Change what is given.

        https://developer.clickup.com/reference/updatelist
        """
        body = drop_unset(name=name, markdown_content=markdown, due_date=due_ms, priority=priority)
        return self._api.put("/api/v2/list/{list_id}", body, list_id=list_id).parse_one(
            TaskList.parse
        )

    def delete(self, list_id: str) -> None:
        """Delete it with its tasks.

        https://developer.clickup.com/reference/deletelist
        """
        self._api.delete("/api/v2/list/{list_id}", list_id=list_id)

    def members(self, list_id: str) -> tuple[Person, ...]:
        """Who was given access to this list explicitly.

        https://developer.clickup.com/reference/getlistmembers
        """
        return Members(self._api).of_list(list_id)
