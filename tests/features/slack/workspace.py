"""A small Slack workspace over HTTP: it checks what Slack checks, and signs what it delivers.

Checked as docs.slack.dev says: apis/web-api (token in a header, arguments as a form), the pages of
the four methods, messaging/message-metadata, authentication/verifying-requests-from-slack.
"""

import hashlib
import hmac
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import orjson
import requests

from tests.http_server import Handler, serving

CHANNELS = ("C1", "C2")
TEAM, CHANNEL, BOT, TOKEN, SECRET = "T1", "C1", "UBOT", "xoxb-1", "shhh"
MOST_CHARACTERS = 40_000


class Refused(Exception):
    """The method answers `ok: false` with this error."""


@dataclass
class Workspace:
    """Its messages, people, and what they write. `faults` are used up, one for each post;
    `people_fault` is what each question about a person is refused with, `history_fault` each about
    messages.
    """

    now_ms: Callable[[], int]
    hook: str = ""
    port: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """`lost`: it is posted and the answer gets lost; a number: this status; else an error."""
    people_fault: str = ""
    history_fault: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def join(self, user: str, name: str, email: str, **more: Any) -> None:
        """Somebody who can write."""
        profile = {"display_name": name, "email": email}
        self.people[user] = {"id": user, "team_id": TEAM, "profile": profile} | more

    def texts(self) -> list[str]:
        """The bot's messages, each with `> ` if it stands in a thread."""
        messages = (message for message in self.messages if message["user"] == BOT)
        return [f"{'> ' * ('thread_ts' in message)}{message['text']}" for message in messages]

    def first(self) -> str:
        """The `ts` of the bot's first message."""
        return str(self.messages[0]["ts"])

    def add(self, user: str, text: str, **more: Any) -> dict[str, Any]:
        """A message, as it is stored."""
        ts = f"{self.now_ms() // 1000}.{next(self.numbers):06d}"
        message = {"type": "message", "user": user, "text": text, "ts": ts, "channel": CHANNEL}
        self.messages.append(message | more)
        return self.messages[-1]

    def say(self, user: str, text: str, thread_ts: str = "", **more: Any) -> dict[str, Any]:
        """Somebody writes in the thread (the bot's first one); what Slack delivers."""
        message = self.add(user, text, thread_ts=thread_ts or self.first(), **more)
        return self.wrap(message)

    def wrap(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The event as it is delivered."""
        return {
            "type": "event_callback",
            "token": "deprecated",
            "team_id": TEAM,
            "event_id": f"Ev{event['ts']}",
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
            "event": event,
        }

    def deliver(self, body: object, *, late_s: int = 0, **headers: str) -> Any:
        """Signed `late_s` ago. Each try has a new signature."""
        raw, stamp = orjson.dumps(body), str(self.now_ms() // 1000 - late_s)
        signed = f"v0:{stamp}:".encode() + raw
        signature = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        head = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
        return requests.post(self.hook, raw, headers=head | headers, timeout=9)

    def take_fault(self, method: str) -> str:
        """What goes wrong with this call; empty: nothing."""
        if method == "users.info":
            return self.people_fault
        if method.startswith("conversations."):
            return self.history_fault
        return self.faults.pop(0) if method == "chat.postMessage" and self.faults else ""

    def answer(self, method: str, arguments: Mapping[str, str]) -> dict[str, Any]:
        """What a method answers. Raises Refused."""
        self.calls.append(method)
        if method == "users.info":
            if arguments["user"] not in self.people:
                raise Refused("user_not_found")
            return {"ok": True, "user": self.people[arguments["user"]]}
        if arguments.get("channel") not in CHANNELS:
            raise Refused("channel_not_found")
        if method == "chat.postMessage":
            return self._post(arguments)
        return {"ok": True, "messages": self._read(method, arguments)}

    def _post(self, arguments: Mapping[str, str]) -> dict[str, Any]:
        if not arguments.get("text"):
            raise Refused("no_text")
        if len(arguments["text"]) > MOST_CHARACTERS:
            raise Refused("msg_too_long")
        metadata = orjson.loads(arguments["metadata"])
        if not ({*metadata} == {"event_type", "event_payload"} and metadata["event_type"]):
            raise Refused("invalid_metadata_format")
        thread = {name: arguments[name] for name in ("thread_ts",) if name in arguments}
        channel = arguments["channel"]
        beginnings = [
            message["ts"]
            for message in self.messages
            if message["channel"] == channel and "thread_ts" not in message
        ]
        assert not thread or thread["thread_ts"] in beginnings, (
            "answers stand under a first message"
        )
        more = {"bot_id": "B1", "metadata": metadata, "channel": channel} | thread
        message = self.add(BOT, arguments["text"], **more)
        return {"ok": True, "channel": channel, "ts": message["ts"], "message": message}

    def _read(self, method: str, arguments: Mapping[str, str]) -> list[dict[str, Any]]:
        """Newest first in a channel, oldest first in a thread; metadata if it is asked for."""
        first = arguments["ts"] if method == "conversations.replies" else ""
        messages = [
            message
            for message in self.messages
            if float(message["ts"]) >= float(arguments.get("oldest", 0))
            and (first in (message["ts"], message.get("thread_ts")) if first else True)
            and (bool(first) or "thread_ts" not in message)
        ]
        if arguments.get("include_all_metadata") != "true":
            messages = [{**message, "metadata": None} for message in messages]
        return messages if first else messages[::-1]


@contextmanager
def slack(now_ms: Callable[[], int]) -> Iterator[Workspace]:
    """It listens while this lasts."""
    workspace = Workspace(now_ms)

    class Api(Handler):
        def post(self) -> None:
            fault = workspace.take_fault(self.path.rpartition("/")[2])
            if fault.isdecimal():
                self.answer(int(fault), b"", **({"Retry-After": "30"} if fault == "429" else {}))
                return
            answer = self._call(fault)
            if fault == "lost":
                self.close_connection = True
                self.connection.close()
                return
            self.answer(200, orjson.dumps(answer))

        def _call(self, fault: str) -> dict[str, Any]:
            body = self.body()
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                return {"ok": False, "error": "invalid_auth"}
            if self.headers["Content-Type"] != "application/x-www-form-urlencoded":
                return {"ok": False, "error": "invalid_post_type"}
            if fault not in ("", "lost"):
                return {"ok": False, "error": fault}
            form = parse_qs(body.decode(), strict_parsing=True)
            arguments = {name: values[0] for name, values in form.items()}
            try:
                return workspace.answer(self.path.rpartition("/")[2], arguments)
            except Refused as refusal:
                return {"ok": False, "error": str(refusal)}

    with serving(Api) as server:
        workspace.port = server.server_port
        yield workspace
