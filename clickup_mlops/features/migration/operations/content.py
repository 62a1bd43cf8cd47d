"""The content of files that are attached to tasks."""

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

import requests
from urllib3.exceptions import HTTPError

from clickup_mlops import deadline
from clickup_mlops.clickup.content import Attachment
from clickup_mlops.errors import ApiError, NotFound, RetryableApiError

_TIMEOUT_S: Final = 60
_LONGEST_S: Final = 60 * _TIMEOUT_S
"""Seconds that a whole file may take."""
LARGEST: Final = 1024**3
"""Bytes: what ClickUp takes."""
_CHUNK: Final = 1 << 20
_IN_MEMORY: Final = 8 << 20


def open_attachment(attachment: Attachment) -> BinaryIO:
    """A file of ClickUp, copied into a temporary one. Its address needs no token.

    Raises:
        NotFound: the address gives no file, for example because the workspace protects them.
        RetryableApiError: it cannot be reached, or not read to its end in time.
        ApiError: it is too large.
    """
    copy = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        _fill(copy, attachment)
    except BaseException:
        copy.close()
        raise
    copy.seek(0)
    # The stub of SpooledTemporaryFile is narrower than what it can do.
    return cast("BinaryIO", copy)


def _fill(copy: "SpooledTemporaryFile[bytes]", attachment: Attachment) -> None:
    size = 0
    try:
        with (
            deadline.within(_LONGEST_S),
            deadline.mount_bounded_adapters(requests.Session()) as session,
            session.get(attachment.url, stream=True, timeout=_TIMEOUT_S) as answer,
        ):
            _must_be_there(attachment, answer.status_code)
            for chunk in answer.iter_content(_CHUNK):
                size += copy.write(chunk)
                if size > LARGEST:
                    raise ApiError(
                        f'file "{attachment.title}" is larger than {LARGEST // 1024**2} MB'
                    )
    except deadline.TooSlow:
        raise RetryableApiError(f'file "{attachment.title}" did not end in time') from None
    except (requests.RequestException, HTTPError, OSError) as problem:
        # Not the exception's text: it holds the address, which lets anybody read the file.
        name = type(problem).__name__
        raise RetryableApiError(f'file "{attachment.title}" cannot be read ({name})') from None


def _must_be_there(attachment: Attachment, status: int) -> None:
    if status != requests.codes.ok:
        raise NotFound(
            f'file "{attachment.title}" cannot be read: HTTP {status}',
            status=status,
            hint="Workspaces may protect attachments: then verify without --content.",
        )
