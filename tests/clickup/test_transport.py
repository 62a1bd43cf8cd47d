"""Trouble on the line: what is tried again, what is not, and what a person is told."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest

from clickup_mlops import logs
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.client.resources import authorization as oauth
from clickup_mlops.clickup.transport import ATTEMPTS
from clickup_mlops.errors import (
    ApiError,
    ConfigError,
    ForeignAnswer,
    InputError,
    NotFound,
    RetryableApiError,
    Unauthorized,
    UncertainWrite,
)
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.state.people import oauth as consent
from tests.http_server import Handler, serving
from tests.measured import measured

pytestmark = pytest.mark.usefixtures("each_http_client")


def names(clickup: ClickUp, list_id: str) -> list[str]:
    return [task.name for task in clickup.tasks.in_list(list_id)]


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "cut_half"])
def test_a_read_is_repeated_after_a_broken_line(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, kind: str
) -> None:
    """A lost answer to a GET costs a second call, nothing else."""
    task = clickup.tasks.create(list_id, "one")
    clickup_sandbox.control.faults.add(kind, method="GET")
    assert clickup.tasks.get(task.id).name == "one"
    assert clickup.calls_by["GET /api/v2/task/{task_id}"] == 2


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "cut_half"])
def test_a_create_without_an_answer_is_never_repeated(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, kind: str
) -> None:
    """Whether or not it happened, it is sent once and reported as uncertain."""
    clickup_sandbox.control.faults.add(kind, method="POST", path="*/task")
    with pytest.raises(UncertainWrite) as caught:
        clickup.tasks.create(list_id, "only once")
    assert "before writing again" in caught.value.hint
    assert clickup.calls_by["POST /api/v2/list/{list_id}/task"] == 1
    assert names(clickup, list_id) == ([] if kind == "cut_before" else ["only once"])


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_create_through_a_proxy_without_an_answer_is_never_repeated(
    clickup: ClickUp,
    clickup_sandbox: Sandbox,
    list_id: str,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """The proxy was reached, so the call may have been passed on. Here the sandbox is the proxy."""
    monkeypatch.setenv("HTTP_PROXY", clickup_sandbox.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    clickup_sandbox.control.faults.add(kind, method="POST", path="*/task")
    with ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url) as behind:
        with pytest.raises(UncertainWrite):
            behind.tasks.create(list_id, "only once")
        assert behind.calls == 1
    assert names(clickup, list_id) == ([] if kind == "cut_before" else ["only once"])


def test_a_create_through_a_proxy_that_is_not_there_is_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing was sent, so nothing is uncertain."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with (
        ClickUp("pk_1", base_url="http://api.clickup.test", sleep=lambda _s: None) as behind,
        pytest.raises(RetryableApiError, match="ProxyError"),
    ):
        behind.checklists.create("86x", "Roll-out")
    assert behind.calls == ATTEMPTS


def test_a_create_that_met_a_5xx_is_uncertain(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """A gateway's 502 does not say whether ClickUp acted."""
    clickup_sandbox.control.faults.add("status", method="POST", status_code=502)
    with pytest.raises(UncertainWrite) as caught:
        clickup.comments.add("86abc", "hello")
    assert caught.value.status == 502


@pytest.mark.clickup_sandbox(rate_limit=2, rate_window_s=2)
def test_a_create_that_was_refused_for_the_rate_is_repeated(
    clickup_sandbox: Sandbox, list_id: str
) -> None:
    """A 429 certainly did nothing; the token pauses until Reset, then the task exists once."""
    client = ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url)
    clickup_sandbox.control.faults.add("rate_limit", method="POST", wait_s=1)
    started = time.monotonic()
    client.tasks.create(list_id, "patient")
    assert time.monotonic() - started >= 0.9
    assert [task["name"] for task in map(clickup_sandbox.control.task, ["patient"])] == ["patient"]
    assert len(clickup_sandbox.control.tasks) == 1


def test_a_set_is_repeated_after_a_lost_answer(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """Setting a field or a tag twice is the same as once."""
    clickup_sandbox.control.create_field("GPU hours", "number")
    (field,) = clickup.fields.of_list(list_id)
    task = clickup.tasks.create(list_id, "train")
    clickup_sandbox.control.faults.add("cut_after", method="POST", path="*/field/*")
    clickup_sandbox.control.faults.add("cut_after", method="POST", path="*/tag/*")
    clickup.fields.set(task.id, field, 8)
    clickup.tags.add(task.id, "gpu")
    task = clickup.tasks.get(task.id)
    assert (task.field("GPU hours"), task.tags) == (8.0, ("gpu",))


def test_a_delete_whose_answer_was_lost_is_done(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """The repetition finds nothing, because the first try did it; a plain 404 is an error."""
    task = clickup.tasks.create(list_id, "gone")
    clickup_sandbox.control.faults.add("cut_after", method="DELETE")
    clickup.tasks.delete(task.id)
    assert names(clickup, list_id) == []
    with pytest.raises(NotFound):
        clickup.lists.delete("1")


def test_trouble_that_stays_is_told_after_some_tries(clickup_sandbox: Sandbox) -> None:
    """Five repetitions with growing pauses, then the last error."""
    pauses: list[float] = []
    clickup = ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url, sleep=pauses.append)
    clickup_sandbox.control.faults.add("status", status_code=503, times=None)
    with pytest.raises(RetryableApiError) as caught:
        clickup.authorization.user()
    assert caught.value.status == 503
    assert clickup.calls == 6
    assert len(pauses) == 5
    assert all(0 < pause <= 20 for pause in pauses)
    assert pauses[-1] > pauses[0]


def test_nobody_at_the_address_is_not_uncertain() -> None:
    """A create that could not even connect was certainly not sent."""
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        client = ClickUp("pk_1", base_url=address, sleep=lambda _s: None)
        with pytest.raises(RetryableApiError, match="no answer") as caught:
            client.tasks.create("1", "x")
    assert not isinstance(caught.value, UncertainWrite)
    assert client.calls == 6


def test_a_connection_that_is_not_made_in_time_is_no_doubt() -> None:
    """The server's line is full: nothing was sent, so a create may be tried again, and is."""
    with closing(socket.socket()) as full, closing(socket.socket()) as first:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        first.connect(address)  # nobody accepts it, and there is no room for a second one
        url = f"http://127.0.0.1:{address[1]}"
        client = ClickUp("pk_1", base_url=url, timeout_s=0.05, sleep=lambda _s: None)
        with pytest.raises(RetryableApiError, match="ConnectTimeout") as caught:
            client.tasks.create("1", "x")
    assert not isinstance(caught.value, UncertainWrite)
    assert client.calls == 6


def test_a_server_that_says_when_is_listened_to(raw_server: tuple[str, list[bytes]]) -> None:
    """Retry-After with a 503: not earlier, and not for ever."""
    address, answers = raw_server
    later = b"HTTP/1.1 503 Busy\r\nConnection: close\r\nRetry-After: %d\r\n\r\n{}"
    answers += [later % 45, later % 4_000, OK + b'\r\n{"user": {"id": 1}}']
    pauses: list[float] = []
    client = ClickUp("pk_1", base_url=address, timeout_s=2, sleep=pauses.append)
    client.authorization.user()
    assert pauses == [45, 60]


def test_a_slow_server_is_given_up_on(clickup_sandbox: Sandbox) -> None:
    """The time-out bounds the wait; a write is then uncertain."""
    client = ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url, timeout_s=0.3)
    clickup_sandbox.control.faults.add("slow", method="POST", wait_s=2)
    started = time.monotonic()
    with pytest.raises(UncertainWrite):
        client.spaces.create(clickup_sandbox.team_id, "slow")
    assert time.monotonic() - started < 1.5


def test_answers_that_are_not_clickups_are_counted(raw_server: tuple[str, list[bytes]]) -> None:
    """For the alert: by their status alone a proxy's pages look like success, or like a refusal."""
    address, answers = raw_server
    head = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
    page, refusal = b"<h1>Log in</h1>", b'{"err": "Team not authorized", "ECODE": "OAUTH_027"}'
    for status, body in (
        (b"200 OK", page),
        (b"302 Found", b""),
        (b"403 Forbidden", page),
        (b"401 Unauthorized", refusal),
        (b"200 OK", b'{"user": {"id": 1'),
    ):
        answers.append(head % (status, len(body), body))
    before = measured("foreign_answers_total")
    client = ClickUp("pk_1", base_url=address, timeout_s=2, attempts=1)
    for _ in range(3):
        with pytest.raises(ForeignAnswer):
            client.authorization.user()
    with pytest.raises(UncertainWrite):
        answers.insert(0, head % (b"200 OK", len(page), page))
        client.tasks.create("1", "x")
    assert measured("foreign_answers_total") == before + 4
    for _ in range(2):
        with pytest.raises(ApiError):
            client.authorization.user()
    assert measured("foreign_answers_total") == before + 4


@pytest.fixture
def raw_server() -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers every connection with given bytes; `(address, answers)`."""
    answers: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    if answers:
                        connection.sendall(answers.pop(0))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", answers
        listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`
        thread.join(5)


def test_a_kept_connection_that_was_closed_is_replaced_at_once() -> None:
    """What may be repeated is, without a pause; whether a create arrived, nobody knows."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n" + b'{"user": {"id":1}}'
    pauses: list[float] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def serve() -> None:
            for is_last in (False, False, True):
                with listener.accept()[0] as connection:
                    connection.recv(65536)
                    connection.sendall(answer)
                    # Closed only once the next request is there: the client cannot have noticed.
                    if not is_last:
                        connection.recv(65536)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with ClickUp("pk_1", base_url=address, timeout_s=5, sleep=pauses.append) as client:
            for _ in range(2):
                assert client.authorization.user().id == 1
            assert (client.calls, pauses) == (3, [0])
            with pytest.raises(UncertainWrite):
                client.tasks.create("1", "x")
            client.authorization.user()
        thread.join(5)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


def test_an_endless_answer_is_cut_off(
    raw_server: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory stays bounded whatever a server sends."""
    address, answers = raw_server
    monkeypatch.setattr("clickup_mlops.clickup.wire.port.LARGEST_ANSWER", 100_000)
    answers.append(OK + b"\r\n" + b"[" * 500_000)
    with pytest.raises(ApiError, match="too large"):
        ClickUp("pk_1", base_url=address, timeout_s=2).authorization.user()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (OK + b"Content-Length: 6\r\n\r\n<html>", "not JSON"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n", "302"),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}", "without a reason"),
    ],
)
def test_answers_that_are_not_clickups_are_explained(
    raw_server: tuple[str, list[bytes]], answer: bytes, says: str
) -> None:
    """A proxy's page, a redirect and an empty refusal end as an ApiError, not as a crash."""
    address, answers = raw_server
    answers.append(answer)
    with pytest.raises(ApiError, match=says):
        ClickUp("pk_1", base_url=address, timeout_s=2).authorization.user()


@pytest.mark.parametrize("status", [200, 301, 307, 401, 403, 404, 407])
def test_a_page_of_something_in_between_says_nothing_about_the_task(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, status: int
) -> None:
    """Not that it is gone, nor that the token is wrong; and of what makes a thing nobody knows."""
    task = clickup.tasks.create(list_id, "one")
    clickup_sandbox.control.faults.add("status", status_code=status, shape="page", times=3)
    for call in (clickup.tasks.get, clickup.tasks.delete):
        with pytest.raises(ForeignAnswer) as caught:
            call(task.id)
        assert "proxy" in caught.value.hint
    with pytest.raises(UncertainWrite):
        clickup.tasks.create(list_id, "two")
    assert clickup.tasks.get(task.id).name == "one"


HALF = OK + b'\r\n{"user": {"id": 1, "userna'


@pytest.mark.parametrize("part", [HALF, OK + b"\r\n"])
def test_half_an_answer_to_a_read_is_asked_for_again(
    raw_server: tuple[str, list[bytes]], part: bytes
) -> None:
    """Also when no length was announced, so that only the JSON shows it; or nothing of it."""
    address, answers = raw_server
    complete_answer = OK + b'\r\n{"user": {"id": 1, "username": "Bot"}}'
    answers += [part, complete_answer]
    client = ClickUp("pk_1", base_url=address, timeout_s=2, sleep=lambda _s: None)
    assert client.authorization.user().username == "Bot"
    assert client.calls == 2


@pytest.mark.parametrize("answer", [HALF, OK + b"\r\n<html>", OK + b"\r\n{}", OK + b"\r\nnull"])
def test_an_answer_to_a_create_that_does_not_show_it_is_uncertain(
    raw_server: tuple[str, list[bytes]], answer: bytes
) -> None:
    """Cut off, not JSON, or without the new object: it may exist, so it is not created again."""
    address, answers = raw_server
    answers.append(answer)
    client = ClickUp("pk_1", base_url=address, timeout_s=2)
    with pytest.raises(UncertainWrite, match="may have happened"):
        client.checklists.create("86x", "Roll-out")
    assert client.calls == 1


def test_comments_whose_pages_are_all_the_same_end(raw_server: tuple[str, list[bytes]]) -> None:
    """A server that ignores where to start does not keep the reader for ever."""
    address, answers = raw_server
    comments = ", ".join(f'{{"id": "{n}", "date": "1"}}' for n in range(25))
    answers += [OK + f'\r\n{{"comments": [{comments}]}}'.encode()] * 3
    client = ClickUp("pk_1", base_url=address, timeout_s=2)
    assert len(list(client.comments.of_task("86x"))) == 25
    assert client.calls == 2


def test_an_answer_that_lacks_a_key_names_it(raw_server: tuple[str, list[bytes]]) -> None:
    """No KeyError: the call, and what was expected."""
    address, answers = raw_server
    answers.append(OK + b'\r\n{"spaces": []}')
    with pytest.raises(ApiError, match=r'GET /api/v2/team: the answer has no "teams"'):
        ClickUp("pk_1", base_url=address, timeout_s=2).authorization.workspaces()


def test_a_line_that_breaks_in_tls_is_no_certificate_problem(
    raw_server: tuple[str, list[bytes]],
) -> None:
    """It may break with the request half sent: a create is then uncertain."""
    address, answers = raw_server
    answers.append(b"no TLS here")
    client = ClickUp("pk_1", base_url=address.replace("http:", "https:"), timeout_s=2)
    with pytest.raises(UncertainWrite, match="SSLError"):
        client.spaces.create("1", "x")


def test_a_missing_certificate_file_is_named_as_the_cause(
    clickup_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong REQUESTS_CA_BUNDLE is a setting to mend, not a broken line to try again."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    address = clickup_sandbox.url.replace("http:", "https:")
    client = ClickUp("pk_1", base_url=address)
    with pytest.raises(ApiError, match="certificate") as caught:
        client.authorization.user()
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint
    assert client.calls == 1


def test_a_file_is_whole_on_the_second_try(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """The first try has read it to its end."""
    task = clickup.tasks.create(list_id, "x")
    clickup_sandbox.control.faults.add("rate_limit", method="POST", path="*/attachment", wait_s=0)
    clickup.attachments.add(task.id, "log.txt", BytesIO(b"out of memory"))
    (attachment,) = clickup.tasks.get(task.id).raw["attachments"]
    assert attachment["size"] == len(b"out of memory")


def test_a_delete_that_was_not_sent_and_then_finds_nothing_is_an_error() -> None:
    """Only a try that may have reached ClickUp can explain a 404."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def answer() -> None:
            with listener.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")

        def begin_to_listen(_pause_s: float) -> None:
            listener.listen()
            threading.Thread(target=answer, daemon=True).start()

        client = ClickUp("pk_1", base_url=address, sleep=begin_to_listen)
        with pytest.raises(NotFound):
            client.lists.delete("1")
    assert client.calls == 2


def test_a_personal_token_is_not_taken_for_an_oauth_token() -> None:
    """ClickUp would refuse it with an error that does not say why."""
    with pytest.raises(ConfigError, match="OAuth app") as caught:
        ClickUp("pk_1", oauth=True)
    assert "false" in caught.value.hint


def test_a_wrong_token_is_unauthorized_and_never_shown(clickup_sandbox: Sandbox) -> None:
    """The error says what to do; neither it nor a repr nor a log line has the token."""
    secret = "pk_9_SECRETSECRETSECRET"
    client = ClickUp(secret, base_url=clickup_sandbox.url)
    with pytest.raises(Unauthorized) as caught:
        client.authorization.user()
    problem = caught.value
    texts = f"{problem!r} {problem} {problem.hint} {client!r} {client.transport!r} {vars(client)}"
    assert "SECRET" not in texts
    assert "new token" in problem.hint
    assert "SECRET" not in logs.redactor.text(f"oops {secret}")


@pytest.mark.parametrize("token", ["", "Bearer pk_1", "pk_1\r\nX: y", "pk_ä"])
def test_a_token_that_cannot_be_one_is_refused_at_once(token: str) -> None:
    """Before anything is sent, and without repeating it."""
    with pytest.raises(ConfigError) as caught:
        ClickUp(token)
    assert "pk_" not in str(caught.value)


@pytest.mark.parametrize(
    "base_url",
    ["", "api.clickup.com", "https://", "ftp:/x", "http://[::1", "http://x:y", "http://a..b"],
)
def test_an_address_that_cannot_be_one_is_refused_at_once(base_url: str) -> None:
    """A wrong setting is named as such, not retried as a broken line."""
    with pytest.raises(ConfigError, match="base URL"):
        ClickUp("pk_1", base_url=base_url)


@pytest.mark.parametrize("value", ["half a \ud83d smiley", 2**70, object()])
def test_a_value_that_json_cannot_carry_is_the_callers_mistake(
    clickup: ClickUp, value: object
) -> None:
    """Nothing is sent."""
    with pytest.raises(InputError, match="cannot be sent"):
        clickup.tasks.update("86x", description=value)  # type: ignore[arg-type]
    assert clickup.calls == 0


def test_a_program_that_stops_does_not_wait_for_tries(
    clickup: ClickUp, clickup_sandbox: Sandbox
) -> None:
    """Once the governor is closed, a call ends at once and may be made by the next process."""
    clickup.governor.close()
    started = time.monotonic()
    with pytest.raises(RetryableApiError, match="stopping"):
        clickup.authorization.user()
    assert time.monotonic() - started < 0.4


def test_an_id_cannot_leave_its_place_in_the_path(clickup: ClickUp) -> None:
    """Empty ids and dots are refused, everything else is quoted."""
    for wrong in ("", ".", ".."):
        with pytest.raises(InputError, match="task_id"):
            clickup.tasks.get(wrong)
    with pytest.raises(NotFound):
        clickup.tasks.get("a/../../team?x=1#y")
    assert clickup.calls == 1


def test_an_oauth_app_gets_a_token_and_uses_it(clickup_sandbox: Sandbox) -> None:
    """A person's consent brings a code, the code a token, the token goes as a Bearer."""
    world, team_id = clickup_sandbox.world, clickup_sandbox.team_id
    maria = str(clickup_sandbox.control.member("Maria").id)
    parameters = {"client_id": "app", "redirect_uri": "https://bot.example/cb", "user_id": maria}
    with world.change():
        back = urlsplit(consent.create_grant(world, parameters, [team_id]))
    (code,) = parse_qs(back.query)["code"]
    token = oauth.exchange_code("app", "s3cret", code, base_url=clickup_sandbox.url)
    client = ClickUp(token, base_url=clickup_sandbox.url, oauth=True)
    assert client.authorization.user().username.startswith("Maria")
    assert [team.id for team in client.authorization.workspaces()] == [team_id]
    with pytest.raises(ApiError) as caught:
        oauth.exchange_code("app", "s3cret", code, base_url=clickup_sandbox.url)
    assert caught.value.code.startswith("OAUTH_")
    assert "s3cret" not in f"{caught.value!r} {caught.value.hint}"


def test_the_consent_address_carries_the_state() -> None:
    """Quoted, as a query."""
    assert oauth.build_consent_url("client", "https://bot.example/callback", "s t") == (
        "https://app.clickup.com/api?client_id=client"
        "&redirect_uri=https%3A%2F%2Fbot.example%2Fcallback&state=s+t"
    )


def test_many_threads_may_use_one_client(clickup: ClickUp, list_id: str) -> None:
    """Counts are exact and no answer reaches the wrong thread."""
    name_by_number: dict[int, str] = {}

    def work(number: int) -> None:
        task = clickup.tasks.create(list_id, f"task {number}")
        name_by_number[number] = clickup.tasks.get(task.id).name

    threads = [threading.Thread(target=work, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert name_by_number == {number: f"task {number}" for number in range(24)}
    assert clickup.calls == 48


def test_an_answer_that_drips_ends_as_no_answer() -> None:
    """It is never silent for as long as the timeout, and would hold its thread for ever."""
    stop = threading.Event()

    class Dripping(Handler):
        def get(self) -> None:
            self.drip(stop)

    with serving(Dripping) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        with (
            ClickUp("pk_1", base_url=url, timeout_s=0.1, attempts=1) as clickup,
            pytest.raises(RetryableApiError, match="too slow"),
        ):
            clickup.tasks.get("86abc")
        stop.set()
