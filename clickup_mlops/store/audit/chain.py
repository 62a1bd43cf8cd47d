"""The audit's hash chain. Pure: no database, no clock.

Each entry's hash covers everything in it, its number and the hash of the entry before it. So
changing, removing or moving one breaks all that follow. With a key the hash is an HMAC: without the
key, write access to the database is not enough to repair the chain.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import orjson

GENESIS: Final = "0" * 64
"""Stands for the hash before the first entry."""
CUT: Final = "audit:cut"
"""Kind of the entry that records where the old end of the chain was cut off. Its `after` is
`{"seq": ..., "hash": ...}` of the newest entry that was removed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One write to ClickUp and how it ended. `before`, `after` and `receipt` are JSON values."""

    seq: int
    at_ms: int
    """When it ended; `begun_ms`: when it began."""
    begun_ms: int
    task_id: str
    kind: str
    before: Any
    after: Any
    receipt: Any
    cause: str
    """Inbox key of the event that led to it, or what else did."""
    chain: tuple[tuple[str, str], ...]
    """If that event was an echo of the bot's own write: the earlier causes and automations, oldest
    first.
    """
    automation: str
    actor: str
    """The person who asked for it; empty: an automation acted by itself."""
    run: str
    outcome: str
    calls: tuple[str, ...]
    """Requests sent for it, with the HTTP status of each answer."""
    journal_id: int
    key: str
    """Which key signed it; empty: none."""
    prev: str
    hash: str = ""

    def body(self) -> bytes:
        """What the hash covers: canonical JSON of all but the hash."""
        plain = self.as_dict()
        del plain["hash"]
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)

    def as_dict(self) -> dict[str, Any]:
        """Plain values; a line of `audit export`."""
        plain = {name: getattr(self, name) for name in _NAMES}
        return plain | {"calls": [*self.calls], "chain": [[*link] for link in self.chain]}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Entry":
        """The entry that `as_dict` made these values from. Raises KeyError, TypeError."""
        known = {name: plain[name] for name in _NAMES}
        known["chain"] = tuple(tuple(link) for link in known["chain"])
        return cls(**known | {"calls": tuple(known["calls"])})

    @property
    def anchor(self) -> "Anchor":
        """Where it stands in the chain."""
        return Anchor(self.seq, self.hash)


_NAMES = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the chain: number and hash of an entry. `SEQ:HASH` as text."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """From `SEQ:HASH`. Raises ValueError."""
        seq, _, digest = text.strip().partition(":")
        if len(digest) != len(GENESIS):
            raise ValueError(f"not an anchor (SEQ:HASH): {text!r:.80}")
        return cls(int(seq), digest)


START: Final = Anchor(0, GENESIS)


class Keyring:
    """The key that signs, and older ones that signed earlier. No key: plain SHA-256."""

    def __init__(self, key: str = "", old: Iterable[str] = ()) -> None:
        self._keys = {_fingerprint(one): one.encode() for one in (*old, key) if one}
        self.name = _fingerprint(key) if key else ""

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._keys)})"

    def digest(self, body: bytes, name: str) -> str | None:
        """The hash of a body by the key of that name; None if the key is not known."""
        if not name:
            return hashlib.sha256(body).hexdigest()
        key = self._keys.get(name)
        return hmac.new(key, body, hashlib.sha256).hexdigest() if key else None


def _fingerprint(key: str) -> str:
    return hashlib.sha256(b"clickup-mlops audit key " + key.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a check. `problem` describes the first bad row; empty: the chain is intact."""

    checked: int
    head: Anchor
    problem: str = ""
    seq: int | None = None
    """The entry that the problem is about."""
    signed_from: int | None = None
    """The first entry that was signed with a key."""


def check(
    entries: Iterable[Entry],
    keys: Keyring,
    *,
    start: Anchor = START,
    anchors: Iterable[Anchor] = (),
) -> Verdict:
    """Follows the chain from `start`, oldest first; ends at the first bad row.

    `anchors`, kept elsewhere, must be in the chain (or before `start`): that detects entries
    removed from its end, of which the remaining ones show nothing.
    """
    last, checked, signed, name = start, 0, None, keys.name
    wanted = {one.seq: one for one in anchors if one.seq > start.seq}
    for entry in entries:
        problem = _wrong(entry, last, keys) or _unlike(entry, wanted.pop(entry.seq, None))
        if problem:
            return Verdict(checked, last, problem, entry.seq, signed)
        last, checked, name = entry.anchor, checked + 1, entry.key
        signed = signed or (entry.seq if entry.key else None)
    if wanted:
        return _too_short(Verdict(checked, last, signed_from=signed), min(wanted))
    if keys.name and not name:
        # A signed entry covers the unsigned ones before it; nothing covers the last one.
        return Verdict(checked, last, f"entry {last.seq} is not signed", last.seq, signed)
    return Verdict(checked, last, signed_from=signed)


def _too_short(so_far: Verdict, seq: int) -> Verdict:
    text = f"entry {seq} is missing: the chain ends at {so_far.head.seq}"
    return Verdict(so_far.checked, so_far.head, text, seq, so_far.signed_from)


def _wrong(entry: Entry, last: Anchor, keys: Keyring) -> str:
    if entry.seq > last.seq + 1:
        gap = f"entries {last.seq + 1} to {entry.seq - 1} are"
        return f"{gap if entry.seq > last.seq + 2 else f'entry {last.seq + 1} is'} missing"
    if entry.seq <= last.seq:
        return f"entry {entry.seq} is out of order: it comes after {last.seq}"
    digest = keys.digest(entry.body(), entry.key)
    if digest is None:
        return f"entry {entry.seq} is signed with key {entry.key}, which is not known"
    if not hmac.compare_digest(digest, entry.hash):
        return f"entry {entry.seq} is not what was written: changed, or moved from another place"
    if entry.prev != last.hash:
        return f"entry {entry.seq} does not follow entry {last.seq}: one of them was replaced"
    return ""


def _unlike(entry: Entry, anchor: Anchor | None) -> str:
    if anchor is None or anchor.hash == entry.hash:
        return ""
    return f"entry {entry.seq} is not the one whose anchor was kept: the chain was made anew"
