"""Lists, in folders or directly in spaces."""

from collections.abc import Iterator

from clickup_mlops.clickup import addresses
from clickup_mlops.clickup.addresses import Place
from clickup_mlops.clickup.client.base import (
    UNSET,
    Resource,
    Unset,
    check_name,
    drop_none,
    drop_unset,
)
from clickup_mlops.clickup.client.resources.authorization import Authorization
from clickup_mlops.clickup.client.resources.folders import Folders
from clickup_mlops.clickup.client.resources.members import Members
from clickup_mlops.clickup.client.resources.spaces import Spaces
from clickup_mlops.clickup.hierarchy import TaskList, check_not_in_trash, drop_trashed
from clickup_mlops.clickup.model import Person
from clickup_mlops.errors import InputError


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

    def find(self, name: str, team_id: str | None = None) -> TaskList:
        """One List by its id, its address in the web app, its name, or a path such as
        `Serving / Tasks` (Space, Folder, List). A name costs two calls, and two for each Space.

        `team_id` is needed for a name, if the token sees several Workspaces.

        Raises:
            InputError: no List is called so, or several are; names similar ones.

        https://developer.clickup.com/reference/getlist
        https://developer.clickup.com/reference/getfolderlesslists
        https://developer.clickup.com/reference/getfolders
        """
        if addresses.is_address(name):
            return self.get(addresses.parse_list(name))
        if name.isdecimal():
            return self.get(name)
        places = self._list_places(team_id or self._find_workspace())
        return self.get(addresses.choose_place(name, places).list_id)

    def _find_workspace(self) -> str:
        teams = [team.id for team in Authorization(self._api).workspaces()]
        if len(teams) != 1:
            raise InputError("in which Workspace?", hint=f"Give team_id: {', '.join(teams)}.")
        return teams[0]

    def _list_places(self, team_id: str) -> Iterator[Place]:
        for space in Spaces(self._api).all(team_id):
            for task_list in self.of_space(space.id):
                yield Place(task_list.id, space.name, "", task_list.name)
            for folder in Folders(self._api).of_space(space.id):
                for task_list in folder.lists:
                    yield Place(task_list.id, space.name, folder.name, task_list.name)

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
