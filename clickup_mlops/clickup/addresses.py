"""What an address of ClickUp's web app points to, and Lists by their names. Pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from clickup_mlops.errors import InputError
from clickup_mlops.spelling import suggest_word

_LIST = re.compile(r"/(\d+)/v/(?:[a-z]+/)?(?:li/(\d+)|6-(\d+)-\d+)(?:/|$)")
"""`/9012/v/li/901200000003`, `/9012/v/l/li/…`, or a view of it: `/9012/v/b/6-901200000003-2`."""
_TASK = re.compile(r"/t/(?:(\d+)/)?([\w-]+)(?:/|$)")
"""`/t/86d3f01jq`, or by a custom id: `/t/9012/ML-42`."""


class Place(NamedTuple):
    """A List with the names of what it is in; `folder` is empty for one directly in its Space."""

    list_id: str
    space: str
    folder: str
    name: str

    @property
    def path(self) -> str:
        """`Space / Folder / List`."""
        return " / ".join(filter(None, (self.space, self.folder, self.name)))


def is_address(text: str) -> bool:
    """Whether it is one, not a name or an id."""
    return text.startswith(("https://", "http://"))


def parse_list(address: str) -> str:
    """The id of the List that an address points to. Raises InputError."""
    match = _LIST.search(_path_of(address))
    if match is None:
        raise InputError(
            f"{address:.200} is not the address of a List",
            hint="Copy it in ClickUp: the List's menu, Copy link.",
        )
    return match[2] or match[3]


def parse_task(address: str) -> tuple[str, str | None]:
    """The id of the task that an address points to, and its Workspace if that is a custom id.

    Raises:
        InputError: it points to no task.
    """
    match = _TASK.search(_path_of(address))
    if match is None:
        raise InputError(
            f"{address:.200} is not the address of a task",
            hint="Copy it in ClickUp: the task's menu, Copy link.",
        )
    return match[2], match[1]


def choose_place(name: str, places: Iterable[Place]) -> Place:
    """The List with this name or path such as `Serving / Tasks`, whatever case it is in.

    Raises:
        InputError: there is none, or several; the message has similar ones, or all.
    """
    wanted_path = _split(name)
    candidates = [*places]
    matches = [place for place in candidates if _ends_with(_split(place.path), wanted_path)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        paths = "; ".join(place.path for place in matches)
        raise InputError(f'several Lists are called "{name:.100}"', hint=f"Name one: {paths}.")
    guess = suggest_word(name, [place.name for place in candidates])
    raise InputError(f'there is no List "{name:.100}"{guess}', hint="Or this token cannot see it.")


def _path_of(address: str) -> str:
    """Empty, if it is malformed."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _split(path: str) -> list[str]:
    return [part.strip().casefold() for part in path.split("/")]


def _ends_with(path: list[str], end: list[str]) -> bool:
    return path[-len(end) :] == end
