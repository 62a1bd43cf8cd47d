"""Files on tasks."""

import mimetypes
from typing import BinaryIO

from clickup_mlops.clickup.client.base import Resource, named
from clickup_mlops.clickup.talk import Attachment


class Attachments(Resource):
    """Add files. The API cannot list or remove them: a task carries its own."""

    def add(self, task_id: str, name: str, content: bytes | BinaryIO) -> Attachment:
        """Attach a file of at most 1 GB; its type follows from the name.

        Raises:
            UncertainWrite: no answer came: read the task before sending the file again.
        """
        media = mimetypes.guess_type(name)[0] or "application/octet-stream"
        route = "/api/v2/task/{task_id}/attachment"
        files = {"attachment": (named(name), content, media)}
        return Attachment.parse(self._api.upload(route, files, task_id=task_id))
