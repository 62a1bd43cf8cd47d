"""How tasks depend on and link to each other. Read them from the task itself."""

from clickup_mlops.clickup.client.base import Resource

_DEPENDENCY = "/api/v2/task/{task_id}/dependency"
_LINK = "/api/v2/task/{task_id}/link/{links_to}"


class Relations(Resource):
    """Add and remove dependencies and links. Adding twice is harmless."""

    def wait_for(self, task_id: str, other_id: str) -> None:
        """The task waits for the other one.

        https://developer.clickup.com/reference/adddependency
        """
        self._api.post_idempotent(_DEPENDENCY, {"depends_on": other_id}, task_id=task_id)

    def block(self, task_id: str, other_id: str) -> None:
        """The other one waits for the task.

        https://developer.clickup.com/reference/adddependency
        """
        self._api.post_idempotent(_DEPENDENCY, {"dependency_of": other_id}, task_id=task_id)

    def stop_waiting_for(self, task_id: str, other_id: str) -> None:
        """Undo `wait_for`.

        https://developer.clickup.com/reference/deletedependency
        """
        # DELETE takes the other task as a query parameter, POST as its body.
        self._api.delete(_DEPENDENCY, {"depends_on": other_id}, task_id=task_id)

    def stop_blocking(self, task_id: str, other_id: str) -> None:
        """Undo `block`.

        https://developer.clickup.com/reference/deletedependency
        """
        self._api.delete(_DEPENDENCY, {"dependency_of": other_id}, task_id=task_id)

    def link(self, task_id: str, other_id: str) -> None:
        """Show each on the other's page.

        https://developer.clickup.com/reference/addtasklink
        """
        self._api.post_idempotent(_LINK, task_id=task_id, links_to=other_id)

    def unlink(self, task_id: str, other_id: str) -> None:
        """Undo `link`.

        https://developer.clickup.com/reference/deletetasklink
        """
        self._api.delete(_LINK, task_id=task_id, links_to=other_id)
