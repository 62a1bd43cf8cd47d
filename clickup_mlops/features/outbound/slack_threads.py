"""Which thread of Slack belongs to which task, and which messages may have been posted. In notes.

Slack names a message by its channel and `ts`, and a thread by the `ts` of its first message:
docs.slack.dev/messaging (replies with `thread_ts`).
"""

from dataclasses import dataclass
from typing import Final

from clickup_mlops.bot.clock import Clock
from clickup_mlops.store.tables.notes import Notes

_THREAD: Final = "slack thread"
"""Scope of the notes about a thread: its task and target, by channel and `ts`."""
_FIRST: Final = "slack first message"
"""Scope of the notes about first messages: their `ts`, by target and thread of an automation."""
_BEGUN: Final = "slack begun"
"""Scope of the notes about messages whose `ts` is not known yet, by their delivery's id."""
CLOCKS_MS: Final = 600_000
"""Slack's clock and ours may differ by so much."""
_LONGEST_WAIT_MS: Final = 3_600_000
"""An older try is not waited for: its message may have been given up. Each try begins anew."""


@dataclass(frozen=True, slots=True)
class SlackThread:
    """A thread that the bot began: about which task, and at which target."""

    task_id: str
    target: str


class SlackThreads:
    """Reads and writes the notes."""

    def __init__(self, notes: Notes, clock: Clock) -> None:
        self._notes, self._clock = notes, clock

    def find(self, channel: str, ts: str) -> SlackThread | None:
        """The thread that begins with this message; None: the bot has not begun it."""
        note = self._notes.get(_THREAD, f"{channel}:{ts}")
        return SlackThread(*note.value) if note else None

    def first_message(self, target: str, thread: str) -> str:
        """The `ts` of the first message of an automation's `thread`, which names the channel, too;
        empty: there is none.
        """
        note = self._notes.get(_FIRST, f"{target}:{thread}") if thread else None
        return str(note.value) if note else ""

    def begin(self, delivery: str) -> None:
        """A message is about to be posted; on disk when this returns."""
        self._notes.put(_BEGUN, delivery, True, self._clock())

    def begun_ms(self, delivery: str) -> int | None:
        """Since when nobody knows whether it was posted; None: it was not."""
        note = self._notes.get(_BEGUN, delivery)
        return note.at_ms if note else None

    def end(self, delivery: str, *, wait: bool = True) -> None:
        """It was posted and noted, or refused. `wait` False: with this thread's next write."""
        self._notes.remove(_BEGUN, delivery, wait=wait)

    def is_unsettled(self, ts: str) -> bool:
        """Whether the message with this `ts` may be one of ours that is not noted yet. Ask before
        `find`: it may be noted in between.
        """
        latest_ms = int(float(ts) * 1000) + CLOCKS_MS
        oldest_ms = self._clock() - _LONGEST_WAIT_MS
        begun = self._notes.all(_BEGUN).values()
        return any(oldest_ms < note.at_ms <= latest_ms for note in begun)

    def may_be_ours(self, channel: str, ts: str) -> bool:
        """Whether the thread that begins with this message may be about a task."""
        if self.is_unsettled(ts):
            return True
        thread = self.find(channel, ts)
        return thread is not None and bool(thread.task_id)

    def note(self, channel: str, ts: str, of: SlackThread, thread: str) -> None:
        """The message begins a thread; with the same write as the next `end`, so that a crash
        loses both or none.
        """
        now = self._clock()
        self._notes.put(_THREAD, f"{channel}:{ts}", [of.task_id, of.target], now, wait=False)
        if thread:
            self._notes.put(_FIRST, f"{of.target}:{thread}", ts, now, wait=False)
