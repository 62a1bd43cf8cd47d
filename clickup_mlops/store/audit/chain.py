"""The audit's hash chain. Pure: no database, no clock.

Each entry's hash covers everything in it, its number and the hash of the entry before it. So
changing, removing or moving one breaks all that follow. With a key the hash is an HMAC: without the
key, write access to the database is not enough to repair the chain.

Who verifies with a key trusts what is signed and nothing else. Unsigned entries may only come
before the entry that records where signing began, and only a signed cut explains why an anchor is
gone.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import orjson

GENESIS: Final = "0" * 64
"""Stands for the hash before the first entry."""
CUT: Final = "audit:cut"
"""Kind of the entry that records where the old end of the chain was cut off. Its `after` is
`{"seq": ..., "hash": ..., "signed_from": ...}`: the newest entry that was removed, and the first
signed one among all that were ever removed (null: none)."""
SIGNED: Final = "audit:signed"
"""Kind of the entry that records where signing began, in a chain that was not signed before. Its
`after` is `{"seq": ..., "hash": ...}` of the last unsigned entry."""


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

    def __bool__(self) -> bool:
        return bool(self._keys)

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._keys)})"

    def digest(self, body: bytes, name: str) -> str | None:
        """The hash of a body by the key of that name; None if the key is not known."""
        if not name:
            return hashlib.sha256(body).hexdigest()
        key = self._keys.get(name)
        return hmac.new(key, body, hashlib.sha256).hexdigest() if key else None

    def signed(self, entry: Entry) -> bool:
        """Whether one of the keys signed the entry as it is."""
        digest = self.digest(entry.body(), entry.key) if entry.key else None
        return digest is not None and hmac.compare_digest(digest, entry.hash)


def _fingerprint(key: str) -> str:
    return hashlib.sha256(b"clickup-mlops audit key " + key.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Start:
    """Where the chain begins: behind its newest cut."""

    anchor: Anchor = START
    signed_from: int | None = None
    """The first signed entry, as far as a signed cut says so."""

    @classmethod
    def behind(cls, cut: Entry | None, keys: Keyring) -> "Start":
        """As the cut says. A forged one is found later: it is an entry of the chain like any other,
        and what it says of signatures counts only if it is signed itself.
        """
        if cut is None:
            return cls()
        try:
            anchor = Anchor(int(cut.after["seq"]), str(cut.after["hash"]))
            first = cut.after.get("signed_from")
            return cls(anchor, int(first) if first and keys.signed(cut) else None)
        except (AttributeError, KeyError, TypeError, ValueError):
            return cls()  # it was tampered with: the chain will not verify

    def explains(self, anchor: Anchor, keys: Keyring) -> bool:
        """Whether retention removed the anchor's entry. Unsigned ones anybody can remove."""
        if anchor.seq >= self.anchor.seq:
            return anchor == self.anchor
        return not keys or (self.signed_from is not None and self.signed_from <= anchor.seq)


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
    cut: Entry | None = None,
    anchors: Iterable[Anchor] = (),
) -> Verdict:
    """Follows a whole chain from its newest `cut`, oldest first; ends at the first bad row.

    `anchors`, kept elsewhere, must be in the chain or removed by a signed cut: that detects entries
    removed from its end, and a chain that was made anew.
    """
    found = check_part(entries, keys, cut=cut, anchors=anchors)
    seq = found.head.seq
    if keys and seq and not found.problem and found.signed_from is None:
        # A signed entry covers the unsigned ones before it; nothing covers the last one.
        new = "if the key is new, the bot's next write is signed, and this is over"
        return _bad(found, seq, f"entry {seq} is not signed, and none before it: {new}")
    return found


def check_part(
    entries: Iterable[Entry],
    keys: Keyring,
    *,
    cut: Entry | None = None,
    anchors: Iterable[Anchor] = (),
) -> Verdict:
    """The same for the first entries of a chain, which may all come before signing began."""
    start = Start.behind(cut, keys)
    state = Verdict(0, start.anchor, signed_from=start.signed_from)
    wanted: list[Anchor] = []
    for one in anchors:
        if one.seq > start.anchor.seq:
            wanted.append(one)
        elif one != START and not start.explains(one, keys):
            return _bad(state, one.seq, f"entry {one.seq} is missing: no signed entry records why")
    return _followed(entries, keys, state, wanted)


def _followed(
    entries: Iterable[Entry], keys: Keyring, state: Verdict, anchors: Iterable[Anchor]
) -> Verdict:
    # Two anchors of one entry that differ cannot both be right: keep all.
    wanted: dict[int, set[str]] = {}
    for one in anchors:
        wanted.setdefault(one.seq, set()).add(one.hash)
    for entry in entries:
        problem = (
            _wrong(entry, state.head, keys)
            or (_unsigned(entry, state) if keys else "")
            or _unlike(entry, wanted.pop(entry.seq, set()))
        )
        if problem:
            return _bad(state, entry.seq, problem)
        signed = state.signed_from or (entry.seq if entry.key else None)
        state = Verdict(state.checked + 1, entry.anchor, signed_from=signed)
    if wanted:
        first = min(wanted)
        return _bad(state, first, f"entry {first} is missing: the chain ends at {state.head.seq}")
    return state


def _bad(so_far: Verdict, seq: int, problem: str) -> Verdict:
    return replace(so_far, problem=problem, seq=seq)


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


def _unsigned(entry: Entry, so_far: Verdict) -> str:
    signed_from = so_far.signed_from
    if signed_from is None:
        begins = so_far.head == START or entry.kind == SIGNED or not entry.key
        return "" if begins else f"entry {entry.seq} is signed, but none records that signing began"
    if entry.key or entry.seq < signed_from:
        return ""
    return f"entry {entry.seq} is not signed, but entry {signed_from} before it is"


def _unlike(entry: Entry, hashes: set[str]) -> str:
    if hashes <= {entry.hash}:
        return ""
    return f"entry {entry.seq} is not the one whose anchor was kept: the chain was made anew"
