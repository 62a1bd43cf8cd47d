"""The content of files that are attached to tasks."""

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

import requests

from clickup_mlops.clickup.content import Attachment
from clickup_mlops.errors import NotFound, RetryableApiError

_TIMEOUT_S: Final = 60
_CHUNK: Final = 1 << 20
_IN_MEMORY: Final = 8 << 20


def open_attachment(found: Attachment) -> BinaryIO:
    """A file of ClickUp, copied into a temporary one. Its address needs no token.

    Raises:
        NotFound: the address gives no file, for example because the workspace protects them.
        RetryableApiError: it cannot be reached, or not read to its end.
    """
    copy = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        with requests.get(found.url, stream=True, timeout=_TIMEOUT_S) as answer:
            _must_be_there(found, answer.status_code)
            for chunk in answer.iter_content(_CHUNK):
                copy.write(chunk)
    except requests.RequestException as problem:
        copy.close()
        # Not the exception's text: it holds the address, which lets anybody read the file.
        name = type(problem).__name__
        raise RetryableApiError(f'file "{found.title}" cannot be read ({name})') from None
    copy.seek(0)
    # The stub of SpooledTemporaryFile is narrower than what it can do.
    return cast("BinaryIO", copy)


def _must_be_there(found: Attachment, status: int) -> None:
    if status != requests.codes.ok:
        raise NotFound(
            f'file "{found.title}" cannot be read: HTTP {status}',
            status=status,
            hint="Workspaces may protect attachments: then verify without --content.",
        )
