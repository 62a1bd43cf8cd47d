"""Folders of a space."""

from clickup_mlops.clickup.client.base import Resource, check_name, drop_none
from clickup_mlops.clickup.hierarchy import Folder, check_not_in_trash, drop_trashed


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
        return drop_trashed(answer.parse_many(Folder.parse, "folders"))

    def get(self, folder_id: str) -> Folder:
        """One folder with its lists.

        Raises:
            NotFound: there is none, or it is in the trash.

        https://developer.clickup.com/reference/getfolder
        """
        folder = self._api.get("/api/v2/folder/{folder_id}", folder_id=folder_id).parse_one(
            Folder.parse
        )
        return check_not_in_trash(folder, "folder")

    def create(self, space_id: str, name: str, *, parent_id: str | None = None) -> Folder:
        """A new folder; `parent_id` where the workspace has subfolders.

        https://developer.clickup.com/reference/createfolder
        """
        body = drop_none(name=check_name(name), parent_folder_id=parent_id)
        route = "/api/v2/space/{space_id}/folder"
        return self._api.post(route, body, space_id=space_id).parse_one(Folder.parse)

    def rename(self, folder_id: str, name: str) -> Folder:
        """The only change that the API knows.

        https://developer.clickup.com/reference/updatefolder
        """
        body = {"name": check_name(name)}
        return self._api.put("/api/v2/folder/{folder_id}", body, folder_id=folder_id).parse_one(
            Folder.parse
        )

    def delete(self, folder_id: str) -> None:
        """Delete it with its lists.

        https://developer.clickup.com/reference/deletefolder
        """
        self._api.delete("/api/v2/folder/{folder_id}", folder_id=folder_id)
