"""The content of files: links are asked for in batches just before, as they live for one hour."""

import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO, Final, cast
from urllib.parse import urlsplit

import requests
import tenacity
from urllib3.exceptions import HTTPError

from clickup_mlops import deadline
from clickup_mlops.errors import ApiError, NotFound, RetryableApiError
from clickup_mlops.monday.client import IDS_PER_CALL
from clickup_mlops.monday.transport import Transport

LARGEST_FILE: Final = 1024**3
"""Bytes. ClickUp takes no larger one; Monday.com has none above 500 MB."""

_FRESH_MS: Final = 50 * 60_000
_IN_MEMORY: Final = 1024 * 1024
_CHUNK: Final = 256 * 1024
_EXPIRED: Final = (401, 403, 404, 410)


class Files:
    """Reads files, in several threads if need be. `links` gives addresses by id, for a batch of
    ids. Clock, waiting and time-out are those of the transport.

    The token is never sent: the links are signed, and lead to another host.
    """

    def __init__(
        self,
        links: Callable[[list[str]], Mapping[str, str]],
        *,
        like: Transport,
    ) -> None:
        self._ask, self._now_ms, self._timeout_s = links, like.now_ms, like.timeout_s
        self._order: dict[str, int] = {}
        self._ids: list[str] = []
        self._links: dict[str, tuple[str, int]] = {}
        self._asking = threading.Lock()
        self._session = deadline.mount_bounded_adapters(requests.Session())
        self._session.auth = _no_auth
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(RetryableApiError),
            stop=tenacity.stop_after_attempt(4),
            wait=tenacity.wait_exponential(min=0.5, max=10),
            sleep=like.sleep,
            reraise=True,
        )

    def expect(self, ids: Iterable[str]) -> None:
        """Files that will be opened, in this order: their links are asked for together."""
        for one in ids:
            if one not in self._order:
                self._order[one] = len(self._ids)
                self._ids.append(one)

    def open(self, asset: str, name: str) -> BinaryIO:
        """The whole content, at its beginning; the caller closes it.

        Raises:
            NotFound: the file is gone.
            ApiError: it cannot be read, or is too large.
        """
        return self._retrying(self._read, asset, name)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _read(self, asset: str, name: str) -> BinaryIO:
        what = f'file {asset} "{name}"' if name else f"file {asset}"
        try:
            return self._download(self._link(asset, what), what)
        except NotFound:
            # The link may have expired, or been made void: one more with a new one.
            self._forget(asset)
            return self._download(self._link(asset, what), what)

    def _link(self, asset: str, what: str) -> str:
        # Whoever comes second waits, and finds the link in what the first one was given.
        with self._asking:
            if not self._is_fresh(asset):
                self._learn(self._batch(asset))
        known = self._links.get(asset)
        if known is None:
            raise NotFound(f"{what} is gone", hint="It was deleted in Monday.com.")
        return known[0]

    def _learn(self, batch: list[str]) -> None:
        links, asked_ms = self._ask(batch), self._now_ms()
        # Replaced as a whole, never changed: other threads may be reading it.
        fresh = {one: known for one, known in self._links.items() if self._is_fresh(one)}
        self._links = fresh | {one: (link, asked_ms) for one, link in links.items()}

    def _forget(self, asset: str) -> None:
        with self._asking:
            self._links = {one: known for one, known in self._links.items() if one != asset}

    def _batch(self, asset: str) -> list[str]:
        start = self._order.get(asset)
        following = [] if start is None else self._ids[start + 1 : start + IDS_PER_CALL]
        return [asset, *(one for one in following if not self._is_fresh(one))]

    def _is_fresh(self, asset: str) -> bool:
        known = self._links.get(asset)
        return known is not None and self._now_ms() - known[1] < _FRESH_MS

    def _download(self, url: str, what: str) -> BinaryIO:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ApiError(f"{what} has no address that can be read")
        content = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller's
        try:
            self._fill(content, url, what)
        except BaseException:
            content.close()
            raise
        content.seek(0)
        return cast("BinaryIO", content)

    def _fill(self, content: "tempfile.SpooledTemporaryFile[bytes]", url: str, what: str) -> None:
        try:
            with (
                deadline.within(60 * self._timeout_s),
                self._session.get(url, stream=True, timeout=self._timeout_s) as response,
            ):
                _check(response, what)
                self._copy(response, content, what)
        except deadline.TooSlow:
            raise RetryableApiError(f"{what} did not end in time", call="file") from None
        except (requests.RequestException, HTTPError, OSError) as problem:
            # Not the exception's text: it holds the link, which lets anybody read the file.
            name = type(problem).__name__
            raise RetryableApiError(f"{what} was not read ({name})", call="file") from None

    def _copy(
        self,
        response: requests.Response,
        content: "tempfile.SpooledTemporaryFile[bytes]",
        what: str,
    ) -> None:
        size = 0
        for part in response.iter_content(_CHUNK):
            size += content.write(part)
            if size > LARGEST_FILE:
                raise ApiError(f"{what} is larger than {LARGEST_FILE // 1024**2} MB")


def _check(response: requests.Response, what: str) -> None:
    status = response.status_code
    if status < 300:
        return
    if status in _EXPIRED:
        raise NotFound(f"{what} is gone ({status})", status=status, call="file")
    kind = RetryableApiError if status in (408, 429) or status >= 500 else ApiError
    raise kind(f"{what} was refused ({status})", status=status, call="file")


def _no_auth(request: Any) -> Any:
    """Instead of what `.netrc` has for the host."""
    return request
