"""Tags: they belong to the space, and are put on tasks by name."""

from clickup_mlops.clickup.client.base import Resource, check_name
from clickup_mlops.clickup.hierarchy import Tag


class Tags(Resource):
    """A space's tags and a task's tags."""

    def of_space(self, space_id: str) -> tuple[Tag, ...]:
        """The tags that the space knows.

        https://developer.clickup.com/reference/getspacetags
        """
        answer = self._api.get("/api/v2/space/{space_id}/tag", space_id=space_id)
        return answer.parse_many(Tag.parse, "tags")

    def create(
        self, space_id: str, name: str, *, foreground: str = "#ffffff", background: str = "#5d5dff"
    ) -> None:
        """Make the tag known to the space; if it is already, nothing changes.

        https://developer.clickup.com/reference/createspacetag
        """
        tag = {"name": check_name(name), "tag_fg": foreground, "tag_bg": background}
        # A tag is known by its name: creating it again changes nothing.
        self._api.post_idempotent("/api/v2/space/{space_id}/tag", {"tag": tag}, space_id=space_id)

    def update(
        self,
        space_id: str,
        name: str,
        *,
        new_name: str | None = None,
        foreground: str = "#ffffff",
        background: str = "#5d5dff",
    ) -> None:
        """Set a tag's colours, and its name if given, everywhere in the space.

        https://developer.clickup.com/reference/editspacetag
        """
        # Written with other keys than a new tag's.
        tag = {"name": check_name(new_name or name), "fg_color": foreground, "bg_color": background}
        route = "/api/v2/space/{space_id}/tag/{tag_name}"
        self._api.put(route, {"tag": tag}, space_id=space_id, tag_name=name)

    def delete(self, space_id: str, name: str) -> None:
        """Remove the tag from the space and all its tasks.

        https://developer.clickup.com/reference/deletespacetag
        """
        route = "/api/v2/space/{space_id}/tag/{tag_name}"
        tag = {"name": name, "tag_fg": "", "tag_bg": ""}  # the document wants a body too
        self._api.delete(route, None, {"tag": tag}, space_id=space_id, tag_name=name)

    def add(self, task_id: str, name: str) -> None:
        """Put the tag on the task.

        https://developer.clickup.com/reference/addtagtotask
        """
        route = "/api/v2/task/{task_id}/tag/{tag_name}"
        # The Space learns an unknown tag; a tag that the task has stays as it is.
        self._api.post_idempotent(route, task_id=task_id, tag_name=name)

    def remove(self, task_id: str, name: str) -> None:
        """Take the tag off the task.

        https://developer.clickup.com/reference/removetagfromtask
        """
        route = "/api/v2/task/{task_id}/tag/{tag_name}"
        self._api.delete(route, task_id=task_id, tag_name=name)
