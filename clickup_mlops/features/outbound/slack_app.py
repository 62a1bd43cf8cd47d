"""Messages to Slack by a bot's token: their answers say which message it became, so that replies
find their task.

Wire: docs.slack.dev/apis/web-api (arguments as a form, the token as a header, `ok` in the answer),
reference/methods/chat.postMessage, conversations.history, conversations.replies and users.info,
apis/web-api/rate-limits (429 with `Retry-After`), messaging/message-metadata.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from clickup_mlops import logs
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.errors import InputError
from clickup_mlops.features.outbound.chats import ChatMessage, kinds
from clickup_mlops.features.outbound.post import Answer, Post, SlackRefusal
from clickup_mlops.features.outbound.settings import OutboundSettings, Target
from clickup_mlops.features.outbound.slack_threads import CLOCKS_MS, SlackThread, SlackThreads

EVENT_TYPE: Final = "clickup_mlops_message"
"""Of the metadata by which the bot recognises a message that it has posted."""
_MOST_BYTES: Final = 4 * 1024**2
_PAGES: Final = 10
_PAGE: Final = 200
_PASSING: Final = frozenset(
    {
        "fatal_error",
        "internal_error",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
    }
)
"""Errors that another try may not have."""
_log = logs.get()


class SlackApi:
    """Calls methods of Slack's Web API with the token of a target."""

    def __init__(self, settings: OutboundSettings, post: Post) -> None:
        self._settings, self._post = settings, post

    def call(self, target: Target, method: str, arguments: Mapping[str, str]) -> dict[str, Any]:
        """What it answers.

        Raises:
            SlackRefusal: it did not do it.
            OSError: it was not reached; nobody knows whether it did it.
        """
        answer = self._post(
            f"{target.address.rstrip('/')}/{method}",
            urlencode(arguments).encode(),
            {
                "Authorization": f"Bearer {target.token.get_secret_value()}",
                "Content-Type": "application/x-www-form-urlencoded",
                "User-Agent": "clickup-mlops",
            },
            allow_hosts=self._settings.allow_hosts,
            timeout_s=self._settings.timeout.total_seconds(),
            most_bytes=_MOST_BYTES,
        )
        return _read(method, answer)


def _read(method: str, answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise SlackRefusal(method, f"status {answer.status}", answer)
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise SlackRefusal(method, "no JSON", Answer(502)) from None
    if not isinstance(body, dict) or not body.get("ok"):
        error = str(body.get("error") or "no reason") if isinstance(body, dict) else "no object"
        status = 503 if error in _PASSING else 400
        raise SlackRefusal(method, error, Answer(status, answer.after_s))
    return body


class SlackApp:
    """Posts each message once, in the thread that it belongs to."""

    def __init__(
        self, settings: OutboundSettings, api: SlackApi, threads: SlackThreads, clock: Clock
    ) -> None:
        self._settings, self._clock = settings, clock
        self.api, self.threads = api, threads

    def deliver(
        self, delivery: str, message: Mapping[str, Any], place: tuple[str, str] | None = None
    ) -> tuple[str, str]:
        """Posts the message, unless an earlier try has posted it: at `place`, if that is known.
        Its `ts` and channel.

        Raises:
            SlackRefusal, OSError: as `SlackApi.call`.
            Postponed: an earlier try may still take effect.
        """
        name, body = message["to"], message["body"]
        target = self._settings.targets[name]
        channel, thread = body.get("channel") or target.channel, body.get("thread", "")
        if thread:
            thread = f"{channel}:{thread}"  # a target may get another channel
        first = body.get("thread_ts") or self.threads.first_message(name, thread)
        ts, channel = place or (self._find(target, channel, first, delivery), channel)
        if not ts:
            ts, channel = self._post(target, channel, first, delivery, body)
        if not first:
            self.threads.note(channel, ts, SlackThread(message.get("task", ""), name), thread)
        # With the end of the event: after a crash before it the message is looked for.
        self.threads.end(delivery, wait=False)
        return ts, channel

    def _post(
        self, target: Target, channel: str, first: str, delivery: str, body: Mapping[str, Any]
    ) -> tuple[str, str]:
        """Its `ts` and channel."""
        text = str(kinds()[target.kind].fit(ChatMessage.read(body))["text"])
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"delivery": delivery}}
        arguments = {
            "channel": channel,
            "text": text,
            "unfurl_links": "false",
            "metadata": orjson.dumps(metadata).decode(),
        }
        self.threads.begin(delivery)
        try:
            answer = self.api.call(
                target, "chat.postMessage", arguments | ({"thread_ts": first} if first else {})
            )
        except (InputError, SlackRefusal) as problem:
            if isinstance(problem, InputError) or problem.is_final or problem.answer.status == 429:
                self.threads.end(delivery)  # it was not posted, so that nobody has to look
            raise
        return str(answer["ts"]), str(answer.get("channel") or channel)

    def _find(self, target: Target, channel: str, first: str, delivery: str) -> str:
        """The `ts` of the message, if an earlier try has posted it; else empty."""
        begun_ms = self.threads.begun_ms(delivery)
        if begun_ms is None:
            return ""
        for message in self._read_since(target, channel, first, begun_ms):
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == EVENT_TYPE and payload.get("delivery") == delivery:
                return str(message["ts"])
        until_ms = begun_ms + round(1000 * self._settings.timeout.total_seconds())
        if self._clock() < until_ms:
            raise Postponed(until_ms)
        return ""

    def _read_since(
        self, target: Target, channel: str, first: str, since_ms: int
    ) -> Iterator[Mapping[str, Any]]:
        method = "conversations.replies" if first else "conversations.history"
        arguments = {
            "channel": channel,
            "oldest": f"{(since_ms - CLOCKS_MS) / 1000:.6f}",
            "include_all_metadata": "true",
            "limit": str(_PAGE),
        } | ({"ts": first} if first else {})
        try:
            for _ in range(_PAGES):
                answer = self.api.call(target, method, arguments)
                yield from answer.get("messages") or ()
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    return
                arguments = {**arguments, "cursor": str(cursor)}
        except SlackRefusal as refusal:
            if not refusal.is_final:
                raise
            # Without the right to read there is no way to know: twice is better than never.
            _log.warning("slack_not_searched", channel=channel, problem=str(refusal))
