"""One bounded GET. No message names an address or a header: they hold secrets."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import orjson
import requests
from urllib3.exceptions import HTTPError

from clickup_mlops import deadline, http_body
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.json_types import Json

TIMEOUT_S: Final = 15
LARGEST: Final = 4 * 1024 * 1024
"""Bytes of an answer or a file."""


class SourceAway(ClickUpMlopsError):
    """A source did not answer, or not with what was asked for. Another time it may."""


def fetch(
    url: str, headers: Mapping[str, str], parameters: Sequence[tuple[str, str]] = ()
) -> bytes:
    """The body. Raises SourceAway."""
    try:
        with (
            deadline.within(TIMEOUT_S),
            deadline.mount_bounded_adapters(requests.Session()) as session,
            session.get(
                url,
                params=list(parameters),
                headers=headers,
                stream=True,
                timeout=TIMEOUT_S,
                allow_redirects=False,
            ) as answer,
        ):
            if answer.status_code != HTTPStatus.OK:
                raise SourceAway(f"{_host(url)}: HTTP {answer.status_code}")
            return http_body.read(answer.raw, largest=LARGEST)
    except (requests.RequestException, HTTPError, ValueError) as problem:
        raise SourceAway(f"{_host(url)}: {type(problem).__name__}") from None


def fetch_json(
    url: str, headers: Mapping[str, str], parameters: Sequence[tuple[str, str]] = ()
) -> Json:
    """The answer. Raises SourceAway."""
    body = fetch(url, {"Accept": "application/json", **headers}, parameters)
    try:
        result: Json = orjson.loads(body)
    except ValueError:
        raise SourceAway(f"{_host(url)}: the answer is not JSON") from None
    return result


def read_file(path: Path) -> bytes:
    """The file. Raises SourceAway."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as problem:
        raise SourceAway(f"{path}: {problem.strerror}") from problem
    if len(body) > LARGEST:
        raise SourceAway(f"{path}: more than {LARGEST} bytes")
    return body


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "no host"
    except ValueError:
        return "no address"
