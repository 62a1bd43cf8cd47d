"""Files on tasks and in file fields."""

import mimetypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from clickup_mlops.clickup.client.base import Resource, check_name
from clickup_mlops.clickup.client.paging import iterate_cursor
from clickup_mlops.clickup.content import Attachment
from clickup_mlops.clickup.request import File
from clickup_mlops.errors import InputError, hint_about_file

PAGE_SIZE = 100
"""Files on a page of the listing; the API's most."""

_FILES = "/api/v3/workspaces/{workspace_id}/{entity_type}/{entity_id}/attachments"

Content = bytes | BinaryIO | Path
"""Bytes, a binary file that is open, or the path of a file."""


class Attachments(Resource):
    """Add and list files of at most 1 GB, which are read while they are sent.

    The API cannot remove one.
    """

    def add(self, task_id: str, name: str | Path, content: Content | None = None) -> Attachment:
        """Attach a file to a task; its type follows from the name. A path alone is name and file.

        Raises:
            InputError: the file cannot be read, or nothing says what is in it.
            UncertainWrite: no answer came: read the task before sending the file again.

        https://developer.clickup.com/reference/createtaskattachment
        """
        route = "/api/v2/task/{task_id}/attachment"
        if isinstance(name, Path):
            content = name if content is None else content
            name = name.name
        if content is None:
            raise InputError("what is the file's content?", hint="Give bytes, a file, or its path.")
        with _opened(content) as opened:
            files = {"attachment": _build_file(name, opened)}
            return self._api.upload(route, files, task_id=task_id).parse_one(Attachment.parse)

    def add_with_size(self, team_id: str, task_id: str, name: str, content: Content) -> Attachment:
        """Attach a file to a task as `add` does; the answer (v3) knows the size that arrived.

        Raises:
            UncertainWrite: no answer came: list the task's files before sending it again.

        https://developer.clickup.com/reference/postentityattachment
        """
        path = {"workspace_id": team_id, "entity_type": "attachments", "entity_id": task_id}
        return self._upload(name, content, path)

    def add_to_field(self, team_id: str, field_id: str, name: str, content: Content) -> Attachment:
        """Upload a file for a field of type `attachment`; `fields.set` then puts its id on a task.

        Raises:
            UncertainWrite: no answer came: list the field's files before sending it again.

        https://developer.clickup.com/reference/postentityattachment
        """
        path = {"workspace_id": team_id, "entity_type": "custom_fields", "entity_id": field_id}
        return self._upload(name, content, path)

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

    def _upload(self, name: str, content: Content, path: Mapping[str, str]) -> Attachment:
        with _opened(content) as opened:
            files = {"attachment": _build_file(name, opened)}
            return self._api.upload(_FILES, files, **path).parse_one(Attachment.parse)

    def _iterate(self, team_id: str, kind: str, entity_id: str) -> Iterator[Attachment]:
        path = {"workspace_id": team_id, "entity_type": kind, "entity_id": entity_id}
        parameters = {"limit": PAGE_SIZE}
        return iterate_cursor(self._api, Attachment.parse, _FILES, parameters, "data", **path)


def _build_file(name: str, content: bytes | BinaryIO) -> File:
    # Only the suffix: a whole name is read as an address, and not every name is one.
    media = mimetypes.guess_type(f"file{PurePosixPath(name).suffix}")[0]
    return check_name(name), content, media or "application/octet-stream"


@contextmanager
def _opened(content: Content) -> Iterator[bytes | BinaryIO]:
    """Content to be sent; the file of a path is closed afterwards."""
    if not isinstance(content, Path):
        yield content
        return
    try:
        file = content.open("rb")
    except OSError as problem:
        hint = hint_about_file(problem)
        raise InputError(f"{content}: {problem.strerror or problem}", hint=hint) from None
    with file:
        yield file
