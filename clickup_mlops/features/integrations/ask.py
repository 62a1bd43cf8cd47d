"""How tools are asked: one bounded GET, answered in JSON."""

from collections.abc import Mapping
from typing import Final

import orjson
import requests
from pydantic import HttpUrl, SecretStr
from urllib3.exceptions import HTTPError

from clickup_mlops import deadline, http_body
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.integrations.tools import Ask
from clickup_mlops.json_types import Json

_TIMEOUT_S: Final = 15
_LARGEST: Final = 16 * 1024 * 1024


class NoAnswer(ClickUpMlopsError):
    """A tool did not answer in time, or in JSON. Another time it may."""


def asking(api: HttpUrl, token: SecretStr) -> Ask:
    """Of the tool at this address, with the token if there is one."""
    headers = {"Accept": "application/json"}
    if secret := token.get_secret_value():
        headers["Authorization"] = f"Bearer {secret}"

    def ask(path: str, parameters: Mapping[str, str]) -> Json:
        return _get(f"{str(api).rstrip('/')}{path}", parameters, headers)

    return ask


def _get(url: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> Json:
    try:
        with (
            deadline.within(_TIMEOUT_S),
            deadline.mount_bounded_adapters(requests.Session()) as session,
            session.get(
                url,
                params=parameters,
                headers=headers,
                stream=True,
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            ) as answer,
        ):
            body = http_body.read(answer.raw, largest=_LARGEST)
        if answer.status_code != requests.codes.ok:
            raise NoAnswer(f"{url}: HTTP {answer.status_code}", hint="Check `api` and `api_token`.")
        result: Json = orjson.loads(body)
    except (requests.RequestException, HTTPError, ValueError) as problem:
        raise NoAnswer(f"{url}: {problem}") from problem
    return result
