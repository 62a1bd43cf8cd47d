"""A small bot for the web: a real store, the secrets of one webhook, no engine."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from clickup_mlops.bot import stats
from clickup_mlops.bot.receive.clickup_deliveries import ClickUpDeliveries
from clickup_mlops.bot.receive.ingest import Ingest, Receipt
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.model import Event
from clickup_mlops.clickup.webhook import sign
from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Incoming, Store
from clickup_mlops.store.ranks import DEFAULT

HOOK = "7fa3ec74-69a8-4530-a251-8a13730bd204"
NOW_MS = 1_700_000_100_000


class SmallBot:
    """As much of the bot as the web asks for. `log` tells what was started and stopped."""

    def __init__(self, url: str, log: Path | None = None) -> None:
        self.store = Store.open(url, queue_limit=8, wait_s=5)
        self.settings = Settings.model_construct()
        self.inbox = self.store.inbox
        self.hook_secrets: dict[str, Sequence[str]] = {HOOK: ("old secret", "new secret")}
        self.lanes: list[str] = []
        self.echoes: set[str] = set()
        self.broken: list[str] = []
        self.notes: list[str] = []
        self.standstill = ""
        self.no_webhook = ""
        self.trouble: Exception | None = None
        self.time_ms = NOW_MS
        self._log = log
        self._deliveries = ClickUpDeliveries(
            self.secrets, lambda _webhook: "900", self.is_own_echo, lambda _event, _ms: DEFAULT
        )
        self._ingest = Ingest(
            lambda: self.inbox, lambda lane, _rank: self.lanes.append(lane), self.now_ms
        )

    def accept_event(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        return self._ingest.accept(self._deliveries, body, headers)

    def secrets(self, webhook_id: str) -> Sequence[str]:
        if self.trouble is not None:
            raise self.trouble
        return self.hook_secrets.get(webhook_id, ())

    def check_webhook(self) -> None:
        if self.no_webhook:
            raise ConfigError(self.no_webhook)

    def is_own_echo(self, event: Event, incoming: Incoming) -> bool:
        return event.key in self.echoes

    def now_ms(self) -> int:
        return self.time_ms

    def stopped(self) -> Sequence[str]:
        return self.broken

    def stalled(self) -> str:
        return self.standstill

    def measure(self) -> None:
        stats.measure(self.store, self.now_ms())

    def warnings(self) -> Sequence[str]:
        return self.notes

    def start(self) -> None:
        self._note("start")

    def stop(self) -> None:
        self._note("stop")

    def _note(self, part: str) -> None:
        if self._log is not None:
            with self._log.open("a") as log:
                log.write(f"{part}\n")


@contextmanager
def small_bot(url: str, log: Path | None = None) -> Iterator[SmallBot]:
    bot = SmallBot(url, log)
    try:
        yield bot
    finally:
        bot.store.close()


def priority_event(item: str = "4800763136717140857", task_id: str = "86d3f01jq") -> bytes:
    """A delivery as ClickUp sends it: compact UTF-8 JSON."""
    return orjson.dumps(
        {
            "event": "taskPriorityUpdated",
            "history_items": [
                {
                    "id": item,
                    "type": 1,
                    "date": "1700000000123",
                    "field": "priority",
                    "parent_id": "55",
                    "data": {},
                    "user": {"id": 183, "username": "Ünal"},
                    "before": None,
                    "after": {"id": "2", "priority": "high"},
                }
            ],
            "task_id": task_id,
            "webhook_id": HOOK,
        }
    )


def signed(body: bytes, secret: str = "old secret") -> dict[str, str]:
    return {"X-Signature": sign(body, secret), "Content-Type": "application/json"}
