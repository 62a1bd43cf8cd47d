"""Files of ClickUp, read from the addresses in its answers."""

import gzip
from http.server import ThreadingHTTPServer
from threading import Event

import pytest

from clickup_mlops.clickup.content import Attachment
from clickup_mlops.errors import ApiError, NotFound, RetryableApiError
from clickup_mlops.features.migration.operations import content
from clickup_mlops.features.migration.operations.content import open_attachment
from clickup_mlops.features.migration.verify.files import measured
from tests.http_server import Handler, serving

CONTENT = b"weights" * 10_000
IS_GIVEN_UP = Event()
"""Until then `/late` does not answer."""


class Files(Handler):
    """Gives one file, also compressed on its way."""

    def get(self) -> None:
        if self.path == "/plain":
            self.answer(200, CONTENT)
        elif self.path == "/packed":
            self.answer(200, gzip.compress(CONTENT), Content_Encoding="gzip")
        elif self.path == "/late":
            IS_GIVEN_UP.wait(30)
            self.answer(200, CONTENT)
        else:
            self.answer(403)


def attachment(url: str) -> Attachment:
    return Attachment("1", "weights.bin", url, 0)


def address(server: ThreadingHTTPServer, path: str) -> Attachment:
    return attachment(f"http://127.0.0.1:{server.server_port}/{path}")


def test_a_file_is_read_as_it_was_sent() -> None:
    """Whatever is done to it on its way."""
    with serving(Files) as server:
        plain, packed = (
            measured(open_attachment(address(server, path))) for path in ("plain", "packed")
        )

    assert plain == packed
    assert plain[0] == len(CONTENT)


def test_a_protected_file_is_said() -> None:
    """With what to do instead."""
    with serving(Files) as server, pytest.raises(NotFound, match="403") as caught:
        open_attachment(address(server, "protected"))

    assert "--content" in caught.value.hint


def test_an_address_that_nobody_answers_is_said() -> None:
    """It may be answered later. The address stays out of messages: it is the key to the file."""
    with pytest.raises(RetryableApiError, match=r"weights\.bin") as caught:
        open_attachment(attachment("http://127.0.0.1:9/x?signature=abc"))

    assert "abc" not in str(caught.value)


def test_an_endless_file_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the disk nor the day is used up."""
    with serving(Files) as server:
        monkeypatch.setattr(content, "LARGEST", 1_000)
        with pytest.raises(ApiError, match="larger than"):
            open_attachment(address(server, "plain"))
        monkeypatch.undo()
        monkeypatch.setattr(content, "_LONGEST_S", 0.1)
        with pytest.raises(RetryableApiError, match="in time"):
            open_attachment(address(server, "late"))
        IS_GIVEN_UP.set()
