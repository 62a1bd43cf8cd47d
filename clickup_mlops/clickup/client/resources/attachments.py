"""Files on tasks and in file fields."""

import mimetypes
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from clickup_mlops.clickup.client.base import Resource, check_name
from clickup_mlops.clickup.client.paging import iterate_cursor
from clickup_mlops.clickup.content import Attachment
from clickup_mlops.clickup.request import File

PAGE_SIZE = 100
"""Files on a page of the listing; the API's most."""

_FILES = "/api/v3/workspaces/{workspace_id}/{entity_type}/{entity_id}/attachments"

Content = bytes | BinaryIO


class Attachments(Resource):
    """Add and list files of at most 1 GB, which are read while they are sent.

    The API cannot remove one.
    """

    def add(self, task_id: str, name: str, content: Content) -> Attachment:
        """Attach a file to a task; its type follows from the name.

        Raises:
            UncertainWrite: no answer came: read the task before sending the file again.

        https://developer.clickup.com/reference/createtaskattachment
        """
        route = "/api/v2/task/{task_id}/attachment"
        files = {"attachment": _build_file(name, content)}
        return self._api.upload(route, files, task_id=task_id).parse_one(Attachment.parse)

    def add_with_size(self, team_id: str, task_id: str, name: str, content: Content) -> Attachment:
        """Attach a file to a task as `add` does; the answer (v3) knows the size that arrived.

        Raises:
            UncertainWrite: no answer came: list the task's files before sending it again.

        https://developer.clickup.com/reference/postentityattachment
        """
        path = {"workspace_id": team_id, "entity_type": "attachments", "entity_id": task_id}
        return self._api.upload(
            _FILES, {"attachment": _build_file(name, content)}, **path
        ).parse_one(Attachment.parse)

    def add_to_field(self, team_id: str, field_id: str, name: str, content: Content) -> Attachment:
        """Upload a file for a field of type `attachment`; `fields.set` then puts its id on a task.

        Raises:
            UncertainWrite: no answer came: list the field's files before sending it again.

        https://developer.clickup.com/reference/postentityattachment
        """
        path = {"workspace_id": team_id, "entity_type": "custom_fields", "entity_id": field_id}
        return self._api.upload(
            _FILES, {"attachment": _build_file(name, content)}, **path
        ).parse_one(Attachment.parse)

    def of_task(self, team_id: str, task_id: str) -> Iterator[Attachment]:
        """The files on a task.

        https://developer.clickup.com/reference/getparententityattachments
        """
        return self._iterate(team_id, "attachments", task_id)

    def of_field(self, team_id: str, field_id: str) -> Iterator[Attachment]:
        """The files that were uploaded for a field.

        https://developer.clickup.com/reference/getparententityattachments
        """
        return self._iterate(team_id, "custom_fields", field_id)

    def _iterate(self, team_id: str, kind: str, entity_id: str) -> Iterator[Attachment]:
        path = {"workspace_id": team_id, "entity_type": kind, "entity_id": entity_id}
        parameters = {"limit": PAGE_SIZE}
        return iterate_cursor(self._api, Attachment.parse, _FILES, parameters, "data", **path)


def _build_file(name: str, content: Content) -> File:
    # Only the suffix: a whole name is read as an address, and not every name is one.
    media = mimetypes.guess_type(f"file{PurePosixPath(name).suffix}")[0]
    return check_name(name), content, media or "application/octet-stream"
