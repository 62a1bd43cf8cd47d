"""The body of an HTTP answer, within a time and a size."""

import time
from typing import Final

import requests
from urllib3.exceptions import HTTPError

_CHUNK: Final = 256 * 1024


class TooLarge(requests.RequestException):
    """The body is larger than allowed."""


class TooSlow(requests.Timeout):
    """The body did not end in time."""


def read(response: requests.Response, *, largest: int, until_s: float) -> bytes:
    """The whole body, decompressed; at most `largest` bytes, and no later than `until_s` on the
    monotonic clock. The response was asked for with `stream=True`.

    Raises:
        TooLarge, TooSlow: as they say.
        requests.RequestException: the line broke.
    """
    body = bytearray()
    try:
        # Not `iter_content`, which waits for a whole chunk however slowly its bytes drip.
        while part := response.raw.read1(_CHUNK, decode_content=True):
            body += part
            if len(body) > largest:
                raise TooLarge(f"more than {largest} bytes")
            if time.monotonic() > until_s:
                raise TooSlow("the answer did not end in time")
    except (HTTPError, OSError) as problem:
        if isinstance(problem, requests.RequestException):
            raise
        raise requests.ConnectionError(problem) from problem
    return bytes(body)
