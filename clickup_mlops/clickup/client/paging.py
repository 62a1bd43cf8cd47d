"""Pages as iterators. One page is held; on a long listing the next is fetched while one is read."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from clickup_mlops.clickup.client.base import Api, Id
from clickup_mlops.json_types import text_of

T = TypeVar("T")

Page = tuple[Sequence[T], bool]
"""The entries of a page and whether it is the last."""

MOST_AHEAD = 2
_PAGES_PER_STEP = 4


def iterate_pages(fetch: Callable[[int], Page[T]]) -> Iterator[T]:
    """The entries of the pages 0, 1, 2 ... until the last one, an empty one or the same one again.

    A long listing is fetched ahead: after four pages by one, after eight by two, so that the calls
    behind its end stay below a quarter of those that were needed.
    """
    entries, last = fetch(0)
    with _Ahead(fetch) as ahead:
        read = 1
        while entries:
            if last:
                yield from entries
                return
            ahead.request(read, min(MOST_AHEAD, read // _PAGES_PER_STEP))
            yield from entries
            previous, (entries, last) = entries, ahead.next(read)
            if entries == previous:
                return  # the page number is ignored: it would go on for ever
            read += 1


class _Ahead(Generic[T]):
    """Pages that were requested and not read yet, in order."""

    def __init__(self, fetch: Callable[[int], Page[T]]) -> None:
        self._fetch = fetch
        self._pool = ThreadPoolExecutor(MOST_AHEAD, "clickup-pages")
        self._pending: deque[Future[Page[T]]] = deque()

    def __enter__(self) -> "_Ahead[T]":
        return self

    def __exit__(self, *_: object) -> None:
        # The caller may stop in the middle: nobody waits for pages that will not be read.
        self._pool.shutdown(wait=False, cancel_futures=True)

    def request(self, page: int, ahead: int) -> None:
        """Request `ahead` pages from this one on, in the background."""
        for number in range(page + len(self._pending), page + ahead):
            self._pending.append(self._pool.submit(self._fetch, number))

    def next(self, page: int) -> Page[T]:
        """This page, whether it was requested ahead or not."""
        return self._pending.popleft().result() if self._pending else self._fetch(page)


def iterate_cursor(
    api: Api,
    parse: Callable[[Any], T],
    route: str,
    parameters: dict[str, Any],
    key: str,
    /,
    **path: Id,
) -> Iterator[T]:
    """The entries under `key` of each page of a v3 listing, parsed, by `next_cursor`."""
    cursor: str | None = None
    while True:
        answer = api.get(route, {**parameters, "cursor": cursor}, **path)
        if answer.get(key) is not None:
            yield from answer.parse_many(parse, key)
        following = text_of(answer.get("next_cursor"))
        # A cursor that does not move would repeat the page for ever.
        if not following or following == cursor:
            return
        cursor = following
