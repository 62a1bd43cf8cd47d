"""What a person sees in ClickUp, by the person's own token: read once, and kept for minutes."""

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.hierarchy import Folder, Space
from clickup_mlops.errors import ApiError, Forbidden, NotFound, RetryableApiError
from clickup_mlops.store.access import Access

_AT_ONCE: Final = 4
"""Calls of one reading that are made at the same time."""
_WHILE_AWAY: Final = 2
"""While ClickUp does not answer, what was read is used for so many times as long."""


def read_access(client: ClickUp, workspace_id: str) -> Access:
    """The Lists that the client's user sees: 2 calls, 2 for each Space, and 1 for each Folder that
    is shared without its Space.

    Lists that are archived, and single tasks that are shared, are not among them.

    Raises:
        Unauthorized: the token was revoked.
        ApiError: ClickUp does not say.
    """
    spaces = client.spaces.all(workspace_id)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        in_spaces = frozenset(chain(*pool.map(lambda space: _lists_of(client, space), spaces)))
    shared = client.authorization.shared(workspace_id)
    in_folders = chain(*(_lists_in(client, folder_id) for folder_id in shared.folders))
    lists = in_spaces.union(shared.lists, in_folders)
    return Access(lists, frozenset(space.id for space in spaces))


def _lists_of(client: ClickUp, space: Space) -> list[str]:
    folders = client.folders.of_space(space.id)
    direct = [task_list.id for task_list in client.lists.of_space(space.id)]
    return [*_ids(folder.raw for folder in folders), *direct]


def _lists_in(client: ClickUp, folder_id: str) -> Iterable[str]:
    try:
        folder: Folder = client.folders.get(folder_id)
    except (NotFound, Forbidden):
        return ()  # taken away meanwhile
    return _ids([folder.raw])


def _ids(folders: Iterable[Mapping[str, Any]]) -> list[str]:
    """Of the Lists of Folders and of the Folders in them."""
    ids = list[str]()
    for folder in folders:
        ids += [str(task_list["id"]) for task_list in folder.get("lists") or ()]
        ids += _ids(folder.get("folders") or ())
    return ids


@dataclass(frozen=True, slots=True)
class _Reading:
    access: Access
    read_ms: int


class AccessCache:
    """What the holders of grants see. In memory alone; safe from any thread.

    `read` asks ClickUp with a person's token. `lasts_ms`: how long an answer is used.
    """

    def __init__(self, read: Callable[[str], Access], lasts_ms: int) -> None:
        self._read, self._lasts_ms = read, lasts_ms
        self._by_grant: dict[str, _Reading] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def of(self, grant_id: str, token: str, now_ms: int) -> Access:
        """What the holder of the grant sees; asked for if it was not lately.

        Raises:
            Unauthorized: the token was revoked.
            ApiError: ClickUp does not say, and has not for some time.
        """
        with self._guard:
            lock = self._locks.setdefault(grant_id, threading.Lock())
        with lock:  # of several requests of one page, one asks
            reading = self._by_grant.get(grant_id)
            if reading is None or not self.has(grant_id, now_ms):
                try:
                    reading = self._again(token, reading, now_ms)
                except ApiError:
                    self.drop(grant_id)
                    raise
                self._by_grant[grant_id] = reading
            return reading.access

    def has(self, grant_id: str, now_ms: int) -> bool:
        """Whether it is known what the holder sees, so that `of` asks nobody."""
        reading = self._by_grant.get(grant_id)
        return reading is not None and 0 <= now_ms - reading.read_ms < self._lasts_ms

    def knows(self, grant_id: str) -> bool:
        """Whether it was known once what the holder sees, and ClickUp has not refused since."""
        return grant_id in self._by_grant

    def _again(self, token: str, before: _Reading | None, now_ms: int) -> _Reading:
        try:
            return _Reading(self._read(token), now_ms)
        except RetryableApiError:
            longest_ms = _WHILE_AWAY * self._lasts_ms
            if before is None or not 0 <= now_ms - before.read_ms < longest_ms:
                raise
            return before

    def drop(self, grant_id: str) -> None:
        """Forget what the holder sees: the grant has ended."""
        with self._guard:
            self._by_grant.pop(grant_id, None)
            self._locks.pop(grant_id, None)
