"""Reading the world, against a real server."""

import threading
from collections.abc import Iterator

import pytest

from clickup_mlops.features.metrics.read import reader as module
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.source import SourceError
from clickup_mlops.features.metrics.sources.command import Settings as CommandTable
from tests.http_server import Handler, serving


@pytest.fixture
def server() -> Iterator[str]:
    """`/ok`, `/json`, `/bad`, `/half`, `/closed`, `/page`, `/drip` and `/echo`; `/to?<address>`
    redirects.
    """

    class Answering(Handler):
        def get(self) -> None:
            if self.path == "/drip":
                self.drip(stop)
            elif self.path.startswith("/bad"):
                self.answer(500, b"out\nof memory")
            elif self.path.startswith("/to?"):
                self.answer(307, Location=self.path.partition("?")[2])
            elif self.path == "/closed":
                self.connection.close()
            elif self.path == "/half":
                self.send_response(200)
                self.send_header("Content-Length", "100")
                self.end_headers()
                self.wfile.write(b"a 1\n")
            elif self.path == "/page":
                self.answer(503, b"<!DOCTYPE HTML>\n<html>")
            else:
                self.answer(200, b"a 1\n" if self.path == "/ok" else b'{"a": 1}')

        def post(self) -> None:
            self.answer(200, self.body())

    stop = threading.Event()
    with serving(Answering) as server:
        yield f"http://127.0.0.1:{server.server_port}"
        stop.set()


def test_texts_and_json_are_read(server: str) -> None:
    """A body makes it a POST."""
    reader = WorldReader()
    assert reader.text(f"{server}/ok", {}, 5) == "a 1\n"
    assert reader.json(f"{server}/json", {}, {}, 5) == {"a": 1}
    assert reader.json(f"{server}/echo", {}, {}, 5, {"b": 2}) == {"b": 2}


def test_problems_say_where_and_why(server: str) -> None:
    """Not in the words of the library."""
    reader = WorldReader()
    with pytest.raises(SourceError, match="/bad: HTTP 500: out of memory"):
        reader.text(f"{server}/bad", {}, 5)
    with pytest.raises(SourceError, match=r"/page: HTTP 503: Service Unavailable$"):
        reader.text(f"{server}/page", {}, 5)
    with pytest.raises(SourceError, match=r"/half: the answer broke off$"):
        reader.text(f"{server}/half", {}, 5)
    with pytest.raises(SourceError, match=r"/closed: Remote end closed connection without [^']+$"):
        reader.text(f"{server}/closed", {}, 5)
    with pytest.raises(SourceError, match="is not JSON: b'a 1"):
        reader.json(f"{server}/ok", {}, {}, 5)
    with pytest.raises(
        SourceError, match=r"^http://127.0.0.1:1/x: \[Errno 111\] Connection refused$"
    ):
        reader.text("http://127.0.0.1:1/x", {}, 5)


def test_a_redirect_on_the_same_server_is_followed(server: str) -> None:
    """From `/metrics` to `/metrics/`, as vLLM does; not for ever."""
    assert WorldReader().text(f"{server}/to?/ok", {}, 5) == "a 1\n"
    with pytest.raises(SourceError, match="Exceeded 5 redirects"):
        WorldReader().text(f"{server}/to{6 * '?/to'}?/ok", {}, 5)


def test_a_redirect_to_another_server_is_refused(server: str) -> None:
    """Who answers at an address does not choose what else the bot asks with its headers."""
    requests: list[str | None] = []

    class Other(Handler):
        def get(self) -> None:
            requests.append(self.headers.get("X-Key"))
            self.answer(200, b"a 1\n")

    with serving(Other) as second:
        to = f"http://127.0.0.1:{second.server_port}/admin?secret"
        for read in (WorldReader().text, lambda *args: WorldReader().json(args[0], {}, *args[1:])):
            with pytest.raises(
                SourceError, match=r"redirects to \S+/admin, another server$"
            ) as message:
                read(f"{server}/to?{to}", {"X-Key": "k"}, 5)
            assert "set it as `url`" in message.value.hint
    assert not requests


def test_a_malformed_address_is_a_problem_of_its_source() -> None:
    """Of which nothing is shown."""
    with pytest.raises(SourceError, match=r"^a malformed address: "):
        WorldReader().text("http://[a:1/metrics", {}, 5)


def test_a_server_that_drips_its_answer_is_given_up(server: str) -> None:
    """Though it is never silent for as long as the timeout."""
    with pytest.raises(SourceError, match="/drip: the answer did not end in time"):
        WorldReader().text(f"{server}/drip", {}, 0.2)


def test_an_address_shows_no_password(server: str) -> None:
    """Nor what is asked behind the question mark, which may be a token."""
    address = server.replace("http://", "http://bot:hunter2@")
    with pytest.raises(SourceError) as problem:
        WorldReader().text(f"{address}/bad?token=hunter2", {}, 5)
    assert "hunter2" not in str(problem.value)
    assert "/bad: HTTP 500" in str(problem.value)


def test_a_command_ends_in_time_with_all_that_it_began() -> None:
    """A child of its own that keeps the output open included; it may read nothing, and print only
    so much.
    """
    began = ["sh", "-c", "sleep 60 & sleep 60"]
    with pytest.raises(SourceError, match="sh: no end in time"):
        WorldReader().output(began, 0.2)
    assert WorldReader().output(["cat"], 5) == ""
    with pytest.raises(SourceError, match="yes: more than 32 MiB"):
        WorldReader().output(["yes"], 5)
    with pytest.raises(SourceError, match="sh ended with 3: no such GPU"):
        WorldReader().output(["sh", "-c", "echo no such GPU >&2; exit 3"], 5)
    with pytest.raises(SourceError, match="no-such-program: "):
        WorldReader().output(["no-such-program"], 5)


def test_a_command_gets_no_secret_of_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is harmless, and what is named for it."""
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", "pk_secret")
    monkeypatch.setenv("EVAL_TOKEN", "eval_secret")
    assert "secret" not in WorldReader().output(["env"], 5)
    assert "PATH=" in WorldReader().output(["env"], 5)
    table = CommandTable.model_validate(
        {"kind": "command", "command": ["env"], "environment": ["EVAL_TOKEN", "ABSENT"]}
    )
    output = WorldReader().output(table.command, 5, table.environment)
    assert "EVAL_TOKEN=eval_secret" in output
    assert "pk_secret" not in output


def test_a_page_without_end_is_not_read_to_the_end(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit names itself."""
    monkeypatch.setattr(module, "LARGEST", 2)
    with pytest.raises(SourceError, match="more than"):
        WorldReader().text(f"{server}/ok", {}, 5)
