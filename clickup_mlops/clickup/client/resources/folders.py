"""Folders of a space."""

from clickup_mlops.clickup.client.base import Resource, named, present
from clickup_mlops.clickup.hierarchy import Folder, present_place, present_places


class Folders(Resource):
    """Read, create, rename and delete folders."""

    def of_space(self, space_id: str, *, archived: bool = False) -> tuple[Folder, ...]:
        """The space's folders with their lists.

        https://developer.clickup.com/reference/getfolders
        """
        # Their Lists come along, so no call for each Folder is needed.
        answer = self._api.get(
            "/api/v2/space/{space_id}/folder", {"archived": archived}, space_id=space_id
        )
        return present_places(answer.many(Folder.parse, "folders"))

    def get(self, folder_id: str) -> Folder:
        """One folder with its lists.

        Raises:
            NotFound: there is none, or it is in the trash.

        https://developer.clickup.com/reference/getfolder
        """
        found = self._api.get("/api/v2/folder/{folder_id}", folder_id=folder_id).one(Folder.parse)
        return present_place(found, "folder")

    def create(self, space_id: str, name: str, *, parent_id: str | None = None) -> Folder:
        """A new folder; `parent_id` where the workspace has subfolders.

        https://developer.clickup.com/reference/createfolder
        """
        body = present(name=named(name), parent_folder_id=parent_id)
        route = "/api/v2/space/{space_id}/folder"
        return self._api.post(route, body, space_id=space_id).one(Folder.parse)

    def rename(self, folder_id: str, name: str) -> Folder:
        """The only change that the API knows.

        https://developer.clickup.com/reference/updatefolder
        """
        body = {"name": named(name)}
        return self._api.put("/api/v2/folder/{folder_id}", body, folder_id=folder_id).one(
            Folder.parse
        )

    def delete(self, folder_id: str) -> None:
        """Delete it with its lists.

        https://developer.clickup.com/reference/deletefolder
        """
        self._api.delete("/api/v2/folder/{folder_id}", folder_id=folder_id)
