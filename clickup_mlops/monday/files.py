"""The content of files: links are asked for in batches just before, as they live for one hour."""

import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO, Final, cast

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
        transport: Transport,
    ) -> None:
        self._read_links, self._now_ms, self._timeout_s = (
            links,
            transport.now_ms,
            transport.timeout_s,
        )
        self._order: dict[str, int] = {}
        self._ids: list[str] = []
        self._links: dict[str, tuple[str, int]] = {}
        self._links_lock = threading.Lock()
        self._session = deadline.mount_bounded_adapters(requests.Session())
        self._session.auth = _skip_auth
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(RetryableApiError),
            stop=tenacity.stop_after_attempt(4),
            wait=tenacity.wait_exponential(min=0.5, max=10),
            sleep=transport.sleep,
            reraise=True,
        )

    def expect(self, ids: Iterable[str]) -> None:
        """Files that will be opened, in this order: their links are asked for together."""
        for asset in ids:
            if asset not in self._order:
                self._order[asset] = len(self._ids)
                self._ids.append(asset)

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
        label = f'file {asset} "{name}"' if name else f"file {asset}"
        try:
            return self._download(self._link(asset, label), label)
        except NotFound:
            # The link may have expired, or been made void: one more with a new one.
            self._forget(asset)
            return self._download(self._link(asset, label), label)

    def _link(self, asset: str, label: str) -> str:
        # Whoever comes second waits, and finds the link in what the first one was given.
        with self._links_lock:
            if not self._is_fresh(asset):
                self._store_links(self._batch(asset))
        link = self._links.get(asset)
        if link is None:
            raise NotFound(f"{label} is gone", hint="It was deleted in Monday.com.")
        return link[0]

    def _store_links(self, batch: list[str]) -> None:
        links, requested_ms = self._read_links(batch), self._now_ms()
        # Replaced as a whole, never changed: other threads may be reading it.
        fresh = {asset: entry for asset, entry in self._links.items() if self._is_fresh(asset)}
        self._links = fresh | {asset: (link, requested_ms) for asset, link in links.items()}

    def _forget(self, asset: str) -> None:
        with self._links_lock:
            self._links = {id_: entry for id_, entry in self._links.items() if id_ != asset}

    def _batch(self, asset: str) -> list[str]:
        start = self._order.get(asset)
        following = [] if start is None else self._ids[start + 1 : start + IDS_PER_CALL]
        return [
            asset,
            *(
                following_asset
                for following_asset in following
                if not self._is_fresh(following_asset)
            ),
        ]

    def _is_fresh(self, asset: str) -> bool:
        link = self._links.get(asset)
        return link is not None and self._now_ms() - link[1] < _FRESH_MS

    def _download(self, url: str, label: str) -> BinaryIO:
        if not url.startswith(("http://", "https://")):
            raise ApiError(f"{label} has no address that can be read")
        content = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller's
        try:
            self._fill(content, url, label)
        except BaseException:
            content.close()
            raise
        content.seek(0)
        return cast("BinaryIO", content)

    def _fill(self, content: "tempfile.SpooledTemporaryFile[bytes]", url: str, label: str) -> None:
        try:
            with (
                deadline.within(60 * self._timeout_s),
                self._session.get(url, stream=True, timeout=self._timeout_s) as response,
            ):
                _check_status(response, label)
                self._copy(response, content, label)
        except deadline.TooSlow:
            raise RetryableApiError(f"{label} did not end in time", call="file") from None
        except (requests.RequestException, HTTPError, OSError) as problem:
            # Not the exception's text: it holds the link, which lets anybody read the file.
            name = type(problem).__name__
            raise RetryableApiError(f"{label} was not read ({name})", call="file") from None

    def _copy(
        self,
        response: requests.Response,
        content: "tempfile.SpooledTemporaryFile[bytes]",
        label: str,
    ) -> None:
        size = 0
        for part in response.iter_content(_CHUNK):
            size += content.write(part)
            if size > LARGEST_FILE:
                raise ApiError(f"{label} is larger than {LARGEST_FILE // 1024**2} MB")


def _check_status(response: requests.Response, label: str) -> None:
    status = response.status_code
    if status < 300:
        return
    if status in _EXPIRED:
        raise NotFound(f"{label} is gone ({status})", status=status, call="file")
    kind = RetryableApiError if status in (408, 429) or status >= 500 else ApiError
    raise kind(f"{label} was refused ({status})", status=status, call="file")


def _skip_auth(request: Any) -> Any:
    """Instead of what `.netrc` has for the host."""
    return request
