"""The body of an HTTP answer, within a time and a size."""

import time
from typing import Final

from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

_CHUNK: Final = 256 * 1024


class TooLarge(HTTPError):
    """The body is larger than allowed."""


class TooSlow(HTTPError):
    """The body did not end in time."""


def read(response: BaseHTTPResponse, *, largest: int, until_s: float) -> bytes:
    """The whole body, decompressed; at most `largest` bytes, and no later than `until_s` on the
    monotonic clock. Nothing of it was read before.

    Raises:
        TooLarge, TooSlow: as they say.
        HTTPError, OSError: the line broke.
    """
    body = bytearray()
    # Not `stream`, which waits for a whole chunk however slowly its bytes drip.
    while part := response.read1(_CHUNK, decode_content=True):
        body += part
        if len(body) > largest:
            raise TooLarge(f"more than {largest} bytes")
        if time.monotonic() > until_s:
            raise TooSlow("the answer did not end in time")
    return bytes(body)
