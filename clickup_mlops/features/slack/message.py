"""A reply in a thread, from the Events API to plain text. Pure.

Wire: docs.slack.dev/apis/events-api (the wrapper with `event_id` and `authorizations`),
reference/events/message (subtypes), messaging/formatting-message-text (what stands in `<…>`).
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from clickup_mlops.commands import parsing
from clickup_mlops.commands.parsing import Invocation
from clickup_mlops.errors import BadPayload

_WRITTEN: Final = (None, "thread_broadcast", "file_share")
"""Subtypes of what people write; an edit or a deletion is none."""
_IN_BRACKETS: Final = re.compile(r"<(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_CHANNEL: Final = re.compile(r"[A-Z0-9]{1,40}")
_TS: Final = re.compile(r"\d{1,12}\.\d{1,9}")


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """What somebody has written in a thread. `team`: the Slack workspace that our app is installed
    in, and `bot`: its user there; both empty if Slack does not say it.
    """

    team: str
    channel: str
    thread_ts: str
    ts: str
    user: str
    text: str
    bot: str = ""

    @property
    def at_ms(self) -> int:
        """When it was written (Unix ms)."""
        return int(float(self.ts) * 1000)

    def to_json(self) -> bytes:
        """`from_json` reads it."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_json(cls, body: bytes) -> "SlackMessage":
        """What `to_json` has written."""
        return cls(**orjson.loads(body))

    @property
    def plain_text(self) -> str:
        """As people read it; a mention is a name or an id, and mentions nobody."""
        text = _IN_BRACKETS.sub(_show, self.text)
        for entity, sign in _ENTITIES:
            text = text.replace(entity, sign)
        return text.strip()

    @property
    def command(self) -> Invocation | None:
        """The command that it begins with: `/ack`, `!ack`, or `ack` after the bot's name. Slack's
        clients keep `/…` at the very beginning to themselves (docs.slack.dev/interactivity/
        implementing-slash-commands: not in threads), so that it needs a space there.
        """
        mention = f"<@{self.bot}>"
        is_addressed = bool(self.bot) and self.text.lstrip().startswith(mention)
        text = self.text.lstrip().removeprefix(mention) if is_addressed else self.text
        words = SlackMessage("", "", "", "", "", text).plain_text
        if words[:1] == "!" or (is_addressed and words[:1] not in ("/", "")):
            words = f"/{words.removeprefix('!')}"
        return parsing.find(words)


def _show(match: re.Match[str]) -> str:
    target, label = match["what"], match["label"] or ""
    if target[:1] in ("@", "#", "!"):
        return f"{target[0].replace('!', '@')}{label.lstrip('@#') or target[1:]}"
    return f"{label} ({target})" if label and label != target else target


def read_reply(raw: Mapping[str, Any]) -> SlackMessage | None:
    """The reply of a person that an event reports; None: something else, such as what a bot wrote,
    ours among them.

    Raises:
        BadPayload: it is not what Slack sends.
    """
    event = raw.get("event")
    if not isinstance(event, dict) or event.get("type") != "message":
        return None
    is_reply = bool(event.get("thread_ts")) and event["thread_ts"] != event.get("ts")
    is_written = event.get("subtype") in _WRITTEN and not event.get("hidden")
    if not (is_reply and is_written and event.get("user")) or event.get("bot_id"):
        return None
    installation = _read_installation(raw)
    message = SlackMessage(
        team=str(installation.get("team_id") or ""),
        channel=str(event.get("channel") or ""),
        thread_ts=str(event["thread_ts"]),
        ts=str(event.get("ts") or ""),
        user=str(event["user"]),
        text=_read_text(event),
        bot=str(installation.get("user_id") or ""),
    )
    times = (message.thread_ts, message.ts)
    if not (_CHANNEL.fullmatch(message.channel) and all(map(_TS.fullmatch, times))):
        raise BadPayload("a message without channel or time")
    return None if message.user == message.bot else message


def _read_text(event: Mapping[str, Any]) -> str:
    files = (file for file in event.get("files") or () if isinstance(file, dict))
    links = (str(file.get("permalink") or "") for file in files)
    return "\n".join(filter(None, (str(event.get("text") or ""), *links)))


def _read_installation(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where our bot is installed. The event's own `team_id` says nothing about that: in a channel
    that organisations share, it is the workspace that created the channel.
    """
    parts = (part for part in raw.get("authorizations") or () if isinstance(part, dict))
    return next((part for part in parts if part.get("is_bot")), {})
