"""Events that the bot puts into the inbox for one automation: schedules, what quiet hours held
back, and actions on other tasks than the one that an event is about.

Each is a row like any other: on disk, in order with its task, handled again after a crash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from clickup_mlops.automations.events import DELAYED, HANDOVER, OWN, REEVALUATION
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event
from clickup_mlops.store import InboxRow
from clickup_mlops.store.journal_rows import Chain

if TYPE_CHECKING:
    from clickup_mlops.automations.model import Held

HELD: Final = "held"
"""`source` of rows that were held back."""
LANE: Final = f"{HELD}:"
"""They wait in lanes that begin like this; the lane that they came from follows."""
DELAY_LANE: Final = "after:"
"""Automations with `after` wait in lanes that begin like this; task and automation follow."""


def delay_lane(automation: str, task_id: str) -> str:
    """Where an automation with `after` waits for its time about a task."""
    return f"{DELAY_LANE}{task_id}:{automation}"


def own_body(kind: str, task_id: str | None, automation: str, **more: Any) -> bytes:
    """An event that the bot writes itself, for one automation (empty: for all that listen)."""
    raw = {**more, "event": kind, "webhook_id": OWN, "automation": automation}
    return orjson.dumps(raw | ({"task_id": task_id} if task_id else {}))


def automation_of(event: Event) -> str:
    """The only automation that the event is for; empty: any."""
    return str(event.raw.get("automation") or "") if event.webhook_id == OWN else ""


@dataclass(frozen=True, slots=True)
class Handover:
    """Actions on another task than the one that the event is about. They are planned again and
    executed in that task's lane, in order with all else that is written there.
    """

    automation: str
    task_id: str
    """The other task."""
    about: str
    """Id of the task that the event is about."""
    event: Event = field(repr=False)
    chain: Chain
    steps: tuple[str, ...]
    """See `automations.model.Action.step`. None: the automation is evaluated for that task, the
    parent of the one that the event is about."""
    actions: tuple[str, ...]
    """Names of the actions."""

    @property
    def cause(self) -> str:
        """Key of the event."""
        return self.event.key

    def describe(self) -> str:
        """One line for people."""
        return f"{self.automation}: task {self.task_id}: {', '.join(self.actions)}"


class InternalEvents:
    """Holds events back until quiet hours end or an `after` is over, then puts them into their
    lanes again.
    """

    def __init__(self, inbox: InboxWriter) -> None:
        self._inbox = inbox

    def hold(self, lane: str, held: "Held") -> None:
        """Have the automation evaluated again when quiet hours end, or its `after` is over: once
        for each task. The row that waits has no List: nothing is to be read for it yet.

        Noted together with the end of the event: after a crash in between, when quiet hours are
        over, the automation acts on the event itself, and only then.
        """
        event = held.event
        if held.delayed:
            self._delay(lane, held)
            return
        row = self._inbox.event(
            f"{LANE}{held.automation}:{held.task_id}:{held.until_ms}",
            event.kind,
            source=HELD,
            lane=f"{LANE}{lane}",
            body=_again(held, lane),
            event_ms=event.date_ms,
        )
        self._inbox.put_later(row, held.until_ms)

    def _delay(self, lane: str, held: "Held") -> None:
        # A lane for each: what waits for days must not hold up what waits for the morning.
        name = f"{delay_lane(held.automation, held.task_id)}:{held.until_ms}"
        row = self._inbox.event(
            name,
            held.event.kind,
            source=HELD,
            lane=name.rpartition(":")[0],
            body=_again(held, lane, delayed=True),
            event_ms=held.event.date_ms,
        )
        self._inbox.put_later(row, held.until_ms)

    def hand_over(self, handed: Handover, list_id: str | None, updated_ms: int | None) -> None:
        """Have the actions executed in the lane of their task; twice is the same as once.

        `list_id`, `updated_ms`: what is known of that task, so that it is not read for this.
        """
        row = self._inbox.event(
            f"{HANDOVER}:{handed.automation}:{handed.task_id}:{handed.cause}",
            HANDOVER,
            source=HANDOVER,
            lane=handed.task_id,
            body=own_body(
                HANDOVER,
                handed.task_id,
                handed.automation,
                chain=handed.chain,
                handover=handover_to_note(handed),
            ),
            list_id=list_id,
            event_ms=updated_ms,
        )
        self._inbox.put(row)

    def evaluate_again(
        self,
        key: str,
        task_id: str,
        list_id: str | None,
        updated_ms: int | None,
        *,
        wait: bool = True,
    ) -> None:
        """Have routing decide about the task again; once for a key. The rest: as in `hand_over`.
        `wait` False: with this thread's next write, so that a crash loses both or none.
        """
        row = self._inbox.event(
            f"{REEVALUATION}:{task_id}:{key}",
            REEVALUATION,
            source=REEVALUATION,
            lane=task_id,
            body=own_body(REEVALUATION, task_id, ""),
            list_id=list_id,
            event_ms=updated_ms,
        )
        if wait:
            self._inbox.put(row)
        else:
            self._inbox.put_later(row, row.received_ms)

    def release(self, rows: Sequence[InboxRow]) -> None:
        """Put them into the lanes that they came from."""
        for row in rows:
            event = webhook.parse(row.body)
            self._inbox.put(
                self._inbox.event(
                    f"{row.key}:over",
                    row.kind,
                    source=row.source,
                    lane=str(event.raw["lane"]),
                    body=row.body,
                    list_id=event.list_id,
                    event_ms=row.event_ms,
                )
            )


def to_note(held: "Held") -> dict[str, Any]:
    """JSON values; `from_note` reads them."""
    return {
        "automation": held.automation,
        "task_id": held.task_id,
        "key": held.event.key,
        "event": _body(held.event),
        "chain": held.chain,
        "until_ms": held.until_ms,
        "delayed": held.delayed,
    }


def from_note(raw: Mapping[str, Any]) -> "Held":
    """What was held back, as the automation saw it."""
    # Later: what only reads where events wait needs no automations.
    from clickup_mlops.automations.model import Held

    event = webhook.parse(orjson.dumps(raw["event"]), known_key=raw["key"])
    chain = tuple((cause, automation) for cause, automation in raw["chain"])
    delayed = bool(raw.get("delayed"))
    return Held(raw["automation"], raw["task_id"], event, chain, raw["until_ms"], delayed)


def handover_to_note(handed: Handover) -> dict[str, Any]:
    """JSON values; `handover_from_note` reads them."""
    return {
        "automation": handed.automation,
        "task_id": handed.task_id,
        "about": handed.about,
        "key": handed.event.key,
        "event": _body(handed.event),
        "chain": handed.chain,
        "steps": handed.steps,
        "actions": handed.actions,
    }


def handover_from_note(raw: Mapping[str, Any]) -> Handover:
    """What was handed over, with the event as the automation saw it."""
    return Handover(
        raw["automation"],
        raw["task_id"],
        raw["about"],
        webhook.parse(orjson.dumps(raw["event"]), known_key=raw["key"]),
        tuple((cause, automation) for cause, automation in raw["chain"]),
        tuple(raw["steps"]),
        tuple(raw["actions"]),
    )


def _body(event: Event) -> dict[str, Any]:
    """The event's body as the automation saw it: see `automations.occurrence`."""
    items = [
        {
            **item.raw,
            "field": item.field,
            "date": item.date_ms,
            "before": item.before,
            "after": item.after,
        }
        for item in event.items
    ]
    return {**event.raw, "event": event.kind, "history_items": items}


def _again(held: "Held", lane: str, *, delayed: bool = False) -> bytes:
    reserved_keys = ("event", "webhook_id", "task_id", "automation")
    values = {name: value for name, value in _body(held.event).items() if name not in reserved_keys}
    values |= {"chain": held.chain, "lane": lane} | ({DELAYED: True} if delayed else {})
    return own_body(held.event.kind, held.event.task_id, held.automation, **values)
