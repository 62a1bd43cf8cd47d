"""How tools are asked and written to: one bounded exchange, answered in JSON."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

import orjson
import requests
from pydantic import HttpUrl, SecretStr
from urllib3.exceptions import HTTPError

from clickup_mlops import deadline, http_body
from clickup_mlops.errors import ClickUpMlopsError, InputError
from clickup_mlops.features.integrations.tools import Ask
from clickup_mlops.json_types import Json

_TIMEOUT_S: Final = 15
_LARGEST: Final = 16 * 1024 * 1024

Send = Callable[[str, str, Json], Json]
"""Method, path and body; the answer. Raises InputError: the tool refuses it; NoAnswer."""


class NoAnswer(ClickUpMlopsError):
    """A tool did not answer in time, or in JSON. Another time it may."""


class Refused(InputError, NoAnswer):
    """A tool refuses to answer whoever asks with this token. Whoever has just asked is shown why;
    it is not asked again for them.
    """


def asking(api: HttpUrl, token: SecretStr) -> Ask:
    """Of the tool at this address, with the token if there is one."""
    headers = _headers(token)

    def ask(path: str, parameters: Mapping[str, str]) -> Json:
        url = _address(api, path)
        status, body = _exchange("GET", url, headers, parameters)
        if status != HTTPStatus.OK:
            is_refused = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
            problem = Refused if is_refused else NoAnswer
            raise problem(f"{url}: HTTP {status}", hint="Check `api` and `api_token`.")
        return _parse(url, body)

    return ask


def sending(api: HttpUrl, token: SecretStr) -> Send:
    """To the tool at this address, with the token if there is one."""
    headers = {**_headers(token), "Content-Type": "application/json"}

    def send(method: str, path: str, body: Json) -> Json:
        url = _address(api, path)
        status, answer = _exchange(method, url, headers, {}, orjson.dumps(body))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NoAnswer(f"{url}: HTTP {status}")
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            text = answer[:200].decode(errors="replace").strip()
            raise InputError(f"{url}: HTTP {status} {text}", hint="Check `api` and `api_token`.")
        return _parse(url, answer) if answer.strip() else {}

    return send


def _headers(token: SecretStr) -> dict[str, str]:
    secret = token.get_secret_value()
    return {"Accept": "application/json"} | (
        {"Authorization": f"Bearer {secret}"} if secret else {}
    )


def _address(api: HttpUrl, path: str) -> str:
    return f"{str(api).rstrip('/')}{path}"


def _exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    parameters: Mapping[str, str],
    body: bytes | None = None,
) -> tuple[int, bytes]:
    try:
        with (
            deadline.within(_TIMEOUT_S),
            deadline.mount_bounded_adapters(requests.Session()) as session,
            session.request(
                method,
                url,
                params=parameters,
                data=body,
                headers=headers,
                stream=True,
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            ) as answer,
        ):
            return answer.status_code, http_body.read(answer.raw, largest=_LARGEST)
    except (requests.RequestException, HTTPError, ValueError) as problem:
        raise NoAnswer(f"{url}: {problem}") from problem


def _parse(url: str, body: bytes) -> Json:
    try:
        result: Json = orjson.loads(body)
    except ValueError as problem:
        raise NoAnswer(f"{url}: {problem}") from problem
    return result
