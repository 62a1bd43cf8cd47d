"""How sources reach the world: HTTP, files and commands, bounded in time and size."""

import glob
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
import requests

from clickup_mlops.json_types import Json
from clickup_mlops.metrics.source import SourceError

LARGEST: Final = 32 * 1024 * 1024
_CHUNK: Final = 65_536
_SMALL: Final = 4_096
_SHOWN: Final = 200


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
        body: Json = None,
    ) -> Json:
        """The answer to a GET, or with a body to a POST, read as JSON."""
        answer = _answer(url, timeout_s, params=params, headers=headers, json=body)
        try:
            return orjson.loads(answer)
        except ValueError as problem:
            raise SourceError(f"{url}: the answer is not JSON: {answer[:_SHOWN]!r}") from problem

    def file(self, path: str) -> str:
        """A text file, at most 32 MiB."""
        try:
            with Path(path).open("rb") as file:
                body = file.read(LARGEST + 1)
        except OSError as problem:
            raise SourceError(f"{path}: {problem.strerror}") from problem
        _bounded(path, len(body))
        return body.decode("utf-8", "replace")

    def files(self, pattern: str) -> Mapping[str, str]:
        """Small text files by path. Counters that a device does not have fail to be read."""
        found = {}
        for path in sorted(glob.glob(pattern)):  # noqa: PTH207 - the pattern is absolute
            try:
                with Path(path).open("rb") as file:
                    found[path] = file.read(_SMALL).decode("ascii", "replace").strip()
            except OSError:
                continue
        return found

    def output(self, command: Sequence[str], timeout_s: float) -> str:
        """Standard output of a command, run without a shell."""
        try:
            ran = subprocess.run(  # noqa: S603 - the command is the administrator's
                command, capture_output=True, timeout=timeout_s, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise SourceError(f"{command[0]}: {problem}") from problem
        if ran.returncode:
            raise SourceError(f"{command[0]} ended with {ran.returncode}: {_excerpt(ran.stderr)}")
        _bounded(command[0], len(ran.stdout))
        return ran.stdout.decode("utf-8", "replace")


def _answer(url: str, timeout_s: float, **options: Any) -> bytes:
    method = "GET" if options.get("json") is None else "POST"
    deadline = time.monotonic() + timeout_s
    try:
        with requests.request(method, url, stream=True, timeout=timeout_s, **options) as answer:
            body = _read(url, answer, deadline)
    except requests.RequestException as problem:
        raise SourceError(f"{url}: {_why(problem)}") from problem
    if not answer.ok:
        raise SourceError(f"{url}: HTTP {answer.status_code}: {_excerpt(body) or answer.reason}")
    return body


def _why(problem: requests.RequestException) -> str:
    """The last cause: what wraps it names objects of the library."""
    if isinstance(problem, requests.Timeout):
        return "no answer in time"
    return str(problem).rpartition(": ")[2].rstrip("')\"")


def _read(url: str, answer: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        _bounded(url, len(body))
        if time.monotonic() > deadline:
            raise SourceError(f"{url}: the answer did not end in time")
    return bytes(body)


def _bounded(where: str, size: int) -> None:
    if size > LARGEST:
        raise SourceError(f"{where}: more than {LARGEST // 2**20} MiB")


def _excerpt(body: bytes) -> str:
    """The beginning, on one line; nothing of a page that was made for browsers."""
    text = " ".join(body[:_SHOWN].decode("utf-8", "replace").split())
    return "" if text.startswith("<") else text
