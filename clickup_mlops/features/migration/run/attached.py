"""A file: read from the source when its turn comes, because links live for a short time."""

from collections.abc import Mapping
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final, cast

from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.records import Asset
from clickup_mlops.features.migration.run.model import Made
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.steps import AddFile

LARGEST: Final = 1024**3
"""Bytes; ClickUp's limit."""
_CHUNK, _IN_MEMORY = 256 * 1024, 1024 * 1024


class Attaching:
    """Copies a file into a temporary one, with its size and hash, and then to the task."""

    def __init__(self, tools: Tools, step: AddFile) -> None:
        self._tools, self._step = tools, step
        self._task = tools.task(step.item_id)
        asset = tools.staged.asset(step.item_id, step.asset_id)
        self._asset = asset or Asset(step.asset_id, step.name, step.item_id)
        self._name = step.name or self._asset.name or step.asset_id
        self._content: SpooledTemporaryFile[bytes] | None = None
        self._about: Mapping[str, Any] = {}

    def about(self) -> Mapping[str, Any]:
        """Item, name, size and hash; reads the file. Raises InputError if it is not whole."""
        if not self._about:
            with self._tools.source.open(self._asset) as origin:
                size, digest = self._copied(origin)
            if self._asset.size not in (-1, size):
                raise InputError(
                    f'file "{self._name}": {size:,} bytes came of {self._asset.size:,}',
                    hint="Run again with --retry.",
                )
            item_id = self._step.item_id
            self._about = {"item": item_id, "name": self._name, "size": size, "sha256": digest}
        return self._about

    def _copied(self, origin: BinaryIO) -> tuple[int, str]:
        self._content = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - `close` does
        digest, size = sha256(), 0
        while chunk := origin.read(_CHUNK):
            size += len(chunk)
            if size > LARGEST:
                raise InputError(
                    f'file "{self._name}" is larger than 1 GiB, which ClickUp does not take',
                    hint="Put it into a storage of your own and link it.",
                )
            digest.update(chunk)
            self._content.write(chunk)
        return size, digest.hexdigest()

    def find(self, about: Mapping[str, Any], since_ms: int) -> Made | None:
        """By name and size, among those that no other step has made."""
        for file in self._tools.clickup.attachments.of_task(self._tools.team_id, self._task):
            is_equal = (file.title, file.size) == (about.get("name"), about.get("size"))
            if is_equal and not self._tools.journal.has_created(file.id):
                return Made(file.id, {**about, "item": self._step.item_id})
        return None

    def do(self) -> Made:
        """Send it."""
        about = self.about()
        assert self._content is not None  # noqa: S101 - `about` has filled it
        self._content.seek(0)
        # Any seekable file can be sent; the stub of SpooledTemporaryFile is narrower.
        content = cast("BinaryIO", self._content)
        attachment = self._tools.clickup.attachments.add_with_size(
            self._tools.team_id, self._task, self._name, content
        )
        return Made(attachment.id, about, self._notes(attachment.size, about["size"]))

    def _notes(self, stored_bytes: int | None, sent_bytes: int) -> tuple[str, ...]:
        if stored_bytes in (None, sent_bytes):
            return ()
        return (f'file "{self._name}": ClickUp has {stored_bytes:,} bytes of {sent_bytes:,}',)

    def close(self) -> None:
        """Remove the temporary file."""
        if self._content is not None:
            self._content.close()
