"""How sources reach the world: HTTP, files and commands, bounded in time and size."""

import glob
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final
from urllib.parse import urljoin, urlsplit

import orjson
import requests
from urllib3.exceptions import HTTPError, ProtocolError
from urllib3.exceptions import TimeoutError as TimedOut

from clickup_mlops import deadline, http_body
from clickup_mlops.features.metrics.source import SourceError, format_address

LARGEST: Final = 32 * 1024 * 1024
HARMLESS: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""Variables of the environment that every command gets."""
_SMALL: Final = 4_096
_SHOWN: Final = 200
_REDIRECTS: Final = 5


class WorldReader:
    """The real one. Each call opens and closes its own connection: scrapes are minutes apart."""

    def text(self, url: str, headers: Mapping[str, str], timeout_s: float) -> str:
        """The body of a GET, at most 32 MiB."""
        return _answer(url, timeout_s, headers=headers).decode("utf-8", "replace")

    def json(
        self,
        url: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        timeout_s: float,
        body: Any = None,
    ) -> Any:
        """The answer to a GET, or with a body to a POST, read as JSON."""
        answer = _answer(url, timeout_s, params=params, headers=headers, json=body)
        try:
            return orjson.loads(answer)
        except ValueError as problem:
            why = f"the answer is not JSON: {answer[:_SHOWN]!r}"
            raise SourceError(f"{format_address(url)}: {why}") from problem

    def file(self, path: str) -> str:
        """A text file, at most 32 MiB."""
        try:
            with Path(path).open("rb") as file:
                body = file.read(LARGEST + 1)
        except OSError as problem:
            raise SourceError(f"{path}: {problem.strerror}") from problem
        _bounded(path, len(body))
        return body.decode("utf-8", "replace")

    def addresses(self, name: str) -> Sequence[str]:
        """The IP addresses that a name has, sorted; those of version 6 in brackets."""
        try:
            entries = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except OSError as problem:
            raise SourceError(f"{name}: {problem.strerror or problem}") from problem
        addresses = {str(entry[4][0]) for entry in entries}
        return sorted(f"[{text}]" if ":" in text else text for text in addresses)

    def paths(self, pattern: str) -> Sequence[str]:
        """The files that a pattern names, sorted."""
        return sorted(glob.glob(pattern))  # noqa: PTH207 - the pattern is absolute

    def files(self, pattern: str) -> Mapping[str, str]:
        """Small text files by path. Counters that a device does not have fail to be read."""
        texts = {}
        for path in self.paths(pattern):
            try:
                with Path(path).open("rb") as file:
                    texts[path] = file.read(_SMALL).decode("ascii", "replace").strip()
            except OSError:
                continue
        return texts

    def output(
        self, command: Sequence[str], timeout_s: float, environment: Sequence[str] = ()
    ) -> str:
        """Standard output of a command, run without a shell; at most 32 MiB."""
        name = command[0]
        passed = {key: os.environ[key] for key in (*HARMLESS, *environment) if key in os.environ}
        with TemporaryFile() as errors, _begun(command, errors, passed) as ran:
            # Its children, too: one that holds the output open would be waited for.
            until_s = time.monotonic() + timeout_s
            ending = threading.Timer(timeout_s, _end, [ran])
            ending.start()
            try:
                output = ran.stdout.read(LARGEST + 1) if ran.stdout else b""
                _bounded(name, len(output))
                status = ran.wait()
            finally:
                ending.cancel()
                _end(ran)
            if time.monotonic() >= until_s:
                raise SourceError(f"{name}: no end in time")
            if status:
                errors.seek(0)
                raise SourceError(f"{name} ended with {status}: {_excerpt(errors.read(_SHOWN))}")
        return output.decode("utf-8", "replace")


def _begun(
    command: Sequence[str], errors: IO[bytes], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - the command is the administrator's
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            start_new_session=True,
        )
    except OSError as problem:
        raise SourceError(f"{command[0]}: {problem.strerror}") from problem


def _end(ran: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        ran.kill()
        return
    with suppress(ProcessLookupError, PermissionError):  # it has ended
        os.killpg(ran.pid, signal.SIGKILL)


class _SamePlace(requests.Session):
    """Follows a redirect only on the server that was asked, as from `/metrics` to `/metrics/`.

    Else whoever answers at a source's address could have the bot ask any other that it reaches,
    with the headers of the source.
    """

    def __init__(self) -> None:
        super().__init__()
        deadline.mount_bounded_adapters(self)
        self.max_redirects = _REDIRECTS

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """As of every session.

        Raises:
            SourceError: it leads to another server, or away from TLS.
        """
        target = super().get_redirect_target(resp)
        if target is not None and not _same_place(resp.url, location := urljoin(resp.url, target)):
            where = f"{format_address(resp.url)}: it redirects to {format_address(location)}"
            raise SourceError(f"{where}, another server", hint="If that is right, set it as `url`.")
        return target


def _same_place(source: str, target: str) -> bool:
    before, after = urlsplit(source), urlsplit(target)
    secured = (before.scheme, after.scheme) == (
        "http",
        "https",
    ) and before.hostname == after.hostname
    return secured or (before.scheme, before.netloc) == (after.scheme, after.netloc)


def _answer(url: str, timeout_s: float, **options: Any) -> bytes:
    method = "GET" if options.get("json") is None else "POST"
    where = format_address(url)
    try:
        with (
            deadline.within(timeout_s),
            _SamePlace() as session,
            session.request(method, url, stream=True, timeout=timeout_s, **options) as answer,
        ):
            body = http_body.read(answer.raw, largest=LARGEST)
    except http_body.TooLarge:
        raise _too_large(where) from None
    except (requests.RequestException, HTTPError) as problem:
        raise SourceError(f"{where}: {_why(problem)}") from None
    if not answer.ok:
        raise SourceError(f"{where}: HTTP {answer.status_code}: {_excerpt(body) or answer.reason}")
    return body


def _why(problem: Exception) -> str:
    """The last cause: what wraps it names objects of the library."""
    if isinstance(problem, deadline.TooSlow):
        return "the answer did not end in time"
    if isinstance(problem, requests.Timeout | TimedOut):
        return "no answer in time"
    if isinstance(problem, ProtocolError):
        return "the answer broke off"
    if isinstance(cause := next(iter(problem.args), None), ProtocolError):
        return f"{cause.args[-1]}"  # of a connection that was closed without an answer
    return str(problem).rpartition(": ")[2].rstrip("')\"")


def _bounded(where: str, size: int) -> None:
    if size > LARGEST:
        raise _too_large(where)


def _too_large(where: str) -> SourceError:
    return SourceError(f"{where}: more than {LARGEST // 2**20} MiB")


def _excerpt(body: bytes) -> str:
    """The beginning, on one line; nothing of a page that was made for browsers."""
    text = " ".join(body[:_SHOWN].decode("utf-8", "replace").split())
    return "" if text.startswith("<") else text
