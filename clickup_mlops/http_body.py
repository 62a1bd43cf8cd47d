"""The body of an HTTP answer, within a size."""

from typing import Final

from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

_CHUNK: Final = 256 * 1024


class TooLarge(HTTPError):
    """The body is larger than allowed."""


def read(response: BaseHTTPResponse, *, largest: int) -> bytes:
    """The whole body, decompressed; at most `largest` bytes. Nothing of it was read before.

    Raises:
        TooLarge: it is larger.
        HTTPError, OSError: the line broke.
    """
    body = bytearray()
    # Not `stream`, which waits for a whole chunk however slowly its bytes drip.
    while part := response.read1(_CHUNK, decode_content=True):
        body += part
        if len(body) > largest:
            raise TooLarge(f"more than {largest} bytes")
    return bytes(body)
