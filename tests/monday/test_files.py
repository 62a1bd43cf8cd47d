"""Files: links in batches, asked for again when they are too old, and the content as it is."""

import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from clickup_mlops.errors import ApiError, NotFound, RetryableApiError
from clickup_mlops.monday import files as files_module
from clickup_mlops.monday.files import Files
from clickup_mlops.monday.transport import Transport
from tests.http_server import Handler, serving
from tests.monday.conftest import TOKEN, Clock


class Store:
    """Files by path; every link has a number, and only the newest one of a file is valid."""

    def __init__(self) -> None:
        self.url, self.batches = "", list[list[str]]()
        self.contents: dict[str, bytes] = {}
        self.valid: dict[str, int] = {}
        self.statuses: list[int] = []
        self.headers: list[Mapping[str, str]] = []

    def links(self, ids: list[str]) -> dict[str, str]:
        self.batches.append(ids)
        existing = [asset for asset in ids if asset in self.contents]
        for asset in existing:
            self.valid[asset] = len(self.batches)
        return {asset: f"{self.url}/{asset}?{len(self.batches)}" for asset in existing}


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()

    class Server(Handler):
        def get(self) -> None:
            store.headers.append(dict(self.headers))
            asset, _, number = self.path[1:].partition("?")
            if store.statuses:
                self.answer(store.statuses.pop(0))
            elif store.valid.get(asset) != int(number):
                self.answer(403)
            else:
                self.answer(200, store.contents[asset])

    with serving(Server) as server:
        store.url = f"http://127.0.0.1:{server.server_port}"
        yield store


@pytest.fixture
def files(store: Store, transport: Transport) -> Iterator[Files]:
    reader = Files(store.links, transport=transport)
    yield reader
    reader.close()


def read(files: Files, asset: str) -> bytes:
    with files.open(asset, f"{asset}.bin") as content:
        return content.read()


def test_links_are_asked_for_by_the_hundred(store: Store, files: Files) -> None:
    """In the order in which the files will be opened."""
    store.contents = {str(n): b"%d" % n for n in range(150)}
    files.expect(store.contents)

    assert [read(files, str(n)) for n in range(150)] == [b"%d" % n for n in range(150)]
    assert [len(ids) for ids in store.batches] == [100, 50]


def test_threads_ask_for_links_once(store: Store, transport: Transport) -> None:
    """The first asks for all that follow; the others wait for that."""
    store.contents = {str(n): b"%d" % n for n in range(8)}
    begin = threading.Barrier(8)

    def slow(ids: list[str]) -> dict[str, str]:
        time.sleep(0.05)
        return store.links(ids)

    def read_file(number: int) -> bytes:
        begin.wait()
        read(files, "0")
        return read(files, str(number))

    with closing(Files(slow, transport=transport)) as files:
        files.expect(store.contents)
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(read_file, range(8))) == list(store.contents.values())
    assert [len(ids) for ids in store.batches] == [8]


def test_a_link_is_asked_for_again_before_its_hour_is_over(
    store: Store, files: Files, clock: Clock
) -> None:
    """Together with those that follow."""
    store.contents = {"1": b"a", "2": b"b", "3": b"c"}
    files.expect(["1", "2", "3"])
    read(files, "1")
    clock.now_ms += 51 * 60_000

    assert read(files, "2") == b"b"
    assert store.batches == [["1", "2", "3"], ["2", "3"]]


def test_a_link_that_has_expired_early_is_replaced(store: Store, files: Files) -> None:
    """Once; what is gone then is gone."""
    store.contents = {"1": b"a"}
    read(files, "1")
    store.valid["1"] = 99

    assert read(files, "1") == b"a"
    assert store.batches == [["1"], ["1"]]


def test_a_file_that_is_gone_is_named(store: Store, files: Files) -> None:
    """Whether it has no link, or its link leads nowhere."""
    with pytest.raises(NotFound, match=r'file 9 "9\.bin" is gone'):
        files.open("9", "9.bin")
    store.contents, store.statuses = {"1": b""}, [404, 404]
    with pytest.raises(NotFound, match=r'file 1 "1\.bin" is gone'):
        files.open("1", "1.bin")
    with pytest.raises(NotFound, match=r"^file 8 is gone$"):
        files.open("8", "")


def test_a_server_in_trouble_is_asked_again(store: Store, files: Files, clock: Clock) -> None:
    """A few times; the link is in no message, as it lets anybody read the file."""
    store.contents, store.statuses = {"1": b"a"}, [503, 429]
    assert read(files, "1") == b"a"
    assert len(clock.waits) == 2

    store.statuses = [500] * 10
    with pytest.raises(RetryableApiError) as caught:
        files.open("1", "1.bin")
    assert store.url not in str(caught.value)


def test_the_token_is_not_sent_to_where_the_files_are(store: Store, files: Files) -> None:
    """The links are signed."""
    store.contents = {"1": b"a"}

    read(files, "1")

    assert TOKEN not in str(store.headers)


def test_large_files_do_not_stay_in_memory(
    store: Store, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too large for ClickUp is not read to its end."""
    store.contents = {"1": b"x" * 3_000_000}
    assert len(read(files, "1")) == 3_000_000

    monkeypatch.setattr(files_module, "LARGEST_FILE", 1_000_000)
    with pytest.raises(ApiError, match="larger than"):
        files.open("1", "1.bin")


def test_other_refusals_and_odd_links_are_errors(store: Store, files: Files) -> None:
    """They are not asked for again."""
    store.contents, store.statuses = {"1": b"a"}, [400]
    with pytest.raises(ApiError, match="refused"):
        files.open("1", "1.bin")
    for number, url in enumerate(("file:///etc", "http//[a", "//[a"), 2):
        store.url, store.contents[str(number)] = url, b""
        with pytest.raises(ApiError, match="no address"):
            files.open(str(number), "x.bin")
