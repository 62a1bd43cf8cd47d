"""The audit's hash chain. Pure: no database, no clock.

Each entry's hash covers everything in it, its number and the hash of the entry before it. So
changing, removing or moving one breaks all that follow. With a key the hash is an HMAC: without the
key, write access to the database is not enough to repair the chain.

Who verifies with a key trusts what is signed with the key in force and nothing else. Unsigned
entries may only come before the entry that records where signing began. A key is in force until an
entry that it signed itself names its successor; what it signs later is invalid, be it an entry, a
cut, the head or an anchor. An anchor that is gone must be covered by a cut that the key in force
signed.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal

import orjson

GENESIS: Final = "0" * 64
"""Stands for the hash before the first entry."""
CUT: Final = "audit:cut"
"""Kind of the entry that records where the old end of the chain was cut off. Its `after` is
`{"seq": ..., "hash": ..., "keys": [[SEQ, KEY], ...]}`: the newest entry that was removed, and from
which entry on which key was in force until there (see `Succession`)."""
SIGNED: Final = "audit:signed"
"""Kind of the entry that records where signing began, in a chain that was not signed before. Its
`after` is `{"seq": ..., "hash": ...}` of the last unsigned entry."""
NEW_KEY: Final = "audit:key"
"""Kind of the entry by which a key ends, signed with that key. Its `after` is
`{"seq": ..., "hash": ..., "key": ...}`: the entry before it, and the name of the key that is in
force from the next entry on."""


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
        values = {name: plain[name] for name in _NAMES}
        values["chain"] = tuple(tuple(link) for link in values["chain"])
        return cls(**values | {"calls": tuple(values["calls"])})

    @property
    def anchor(self) -> "Anchor":
        """Where it stands in the chain."""
        return Anchor(self.seq, self.hash)


_NAMES = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the chain: number and hash of an entry. As text `SEQ:HASH`, or signed
    `SEQ:HASH:KEY:HMAC`.
    """

    seq: int
    hash: str
    signature: str = field(default="", compare=False)
    """`KEY:HMAC`: name of the key that signed it, and its signature; empty: not signed."""

    def __str__(self) -> str:
        return ":".join(filter(None, (str(self.seq), self.hash, self.signature)))

    @property
    def key(self) -> str:
        """The name of the key that signed it; empty: none."""
        return self.signature.partition(":")[0]

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """From `SEQ:HASH` or `SEQ:HASH:KEY:HMAC`. Raises ValueError."""
        seq, _, link = text.strip().partition(":")
        digest, _, signature = link.partition(":")
        key, _, code = signature.partition(":")
        if len(digest) != len(GENESIS) or (signature and not (key and len(code) == len(GENESIS))):
            raise ValueError(f"not an anchor (SEQ:HASH or SEQ:HASH:KEY:HMAC): {text!r:.80}")
        return cls(int(seq), digest, signature)


START: Final = Anchor(0, GENESIS)
Role = Literal["head", "anchor"]
"""What a signed place is: the end of the chain in the store, or an anchor to keep elsewhere."""


class Keyring:
    """The key that signs, and older ones that signed earlier. No key: plain SHA-256."""

    def __init__(self, key: str = "", old: Iterable[str] = ()) -> None:
        self._keys = {_fingerprint(secret): secret.encode() for secret in (*old, key) if secret}
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

    def knows(self, name: str) -> bool:
        """Whether it has the key of that name."""
        return name in self._keys

    def sign(self, place: Anchor, role: Role, name: str) -> Anchor:
        """The place, signed with the key of that name; unsigned, if the name is empty."""
        digest = self.digest(_place(place, role), name) if name else ""
        return replace(place, signature=f"{name}:{digest}" if digest else "")

    def confirms(self, place: Anchor, role: Role) -> bool:
        """Whether one of the keys signed this place in this role."""
        if not self.knows(place.key):
            return False
        signed = self.sign(place, role, place.key).signature
        return hmac.compare_digest(signed.encode(), place.signature.encode())


def _place(place: Anchor, role: Role) -> bytes:
    # An anchor is public: signed in the same way, an older one could pass for the head.
    return f"clickup-mlops audit {role} {place.seq}:{place.hash}".encode()


def _fingerprint(key: str) -> str:
    return hashlib.sha256(b"clickup-mlops audit key " + key.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Succession:
    """From which entry on which key was in force: `(SEQ, KEY)`, oldest first. A key that was
    replaced never returns.
    """

    keys: tuple[tuple[int, str], ...] = ()

    @classmethod
    def parse(cls, value: object) -> "Succession":
        """From the JSON of `as_json`. Raises TypeError, ValueError."""
        if not isinstance(value, list):
            raise TypeError("a list of numbers and keys")
        succession = cls()
        for seq, name in value:
            succession = succession.followed_by(int(seq), str(name))
        return succession

    def as_json(self) -> list[list[int | str]]:
        """For an entry's `after`."""
        return [[seq, name] for seq, name in self.keys]

    @property
    def names(self) -> frozenset[str]:
        """All keys that were ever in force."""
        return frozenset(name for _seq, name in self.keys)

    @property
    def current(self) -> str:
        """The key in force at the end; empty: none yet."""
        return self.keys[-1][1] if self.keys else ""

    @property
    def since(self) -> int | None:
        """From which entry on; None: no key yet."""
        return self.keys[-1][0] if self.keys else None

    def at(self, seq: int) -> str:
        """The key in force at that entry; empty: none yet."""
        return next((name for first, name in reversed(self.keys) if first <= seq), "")

    def followed_by(self, seq: int, name: str) -> "Succession":
        """With another key from that entry on. Raises ValueError: it cannot be the next one."""
        if not name or name in self.names or (self.since is not None and seq <= self.since):
            raise ValueError(f"not the next key: {name!r:.20}")
        return Succession((*self.keys, (seq, name)))


@dataclass(frozen=True, slots=True)
class Start:
    """Where the chain begins: behind its newest cut."""

    anchor: Anchor = START
    keys: Succession = Succession()
    """The keys of what was cut off, as the cut says."""
    signer: str = ""
    """The key that signed the cut; empty: none did."""

    @classmethod
    def behind(cls, cut: Entry | None) -> "Start":
        """As the cut says. A forged one is found later: it is an entry of the chain like any other,
        and must be signed with the key in force at its place.
        """
        if cut is None:
            return cls()
        try:
            anchor = Anchor(int(cut.after["seq"]), str(cut.after["hash"]))
            return cls(anchor, Succession.parse(cut.after["keys"]), cut.key)
        except (AttributeError, KeyError, TypeError, ValueError):
            return cls()  # it was tampered with: the chain will not verify

    def covers(self, anchor: Anchor, keys: Keyring) -> bool:
        """Whether retention removed the anchor's entry. Without keys anybody can say so."""
        if anchor.seq == self.anchor.seq and anchor != self.anchor:
            return False
        signer = self.keys.at(anchor.seq)
        if not keys or not signer:
            return not keys
        # A cut by an earlier key may be forged by who got hold of that key: then the anchor must
        # prove that no later key was in force yet.
        return anchor.key == signer or (not anchor.key and self.signer == keys.name)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a check. `problem` describes the first bad row; empty: the chain is intact."""

    checked: int
    head: Anchor
    """The last good entry; signed, if the whole chain is intact and has a key."""
    problem: str = ""
    seq: int | None = None
    """The entry that the problem is about."""
    keys: Succession = Succession()
    """Which keys were in force, as far as the chain was followed."""

    @property
    def signed_from(self) -> int | None:
        """The first entry that was signed with a key."""
        return self.keys.keys[0][0] if self.keys.keys else None


def check(
    entries: Iterable[Entry],
    keys: Keyring,
    *,
    cut: Entry | None = None,
    anchors: Iterable[Anchor] = (),
) -> Verdict:
    """Follows a whole chain from its newest `cut`, oldest first; ends at the first bad row.

    `anchors`, kept elsewhere, must be in the chain or removed by a signed cut: that detects entries
    removed from its end, and a chain that was made anew. In the end the newest key must be in
    force.
    """
    verdict = check_part(entries, keys, cut=cut, anchors=anchors)
    seq, current = verdict.head.seq, verdict.keys.current
    if verdict.problem:
        return verdict
    if keys and seq and current != keys.name:
        # A signed entry covers those before it; nothing covers the last one.
        return _with_problem(verdict, seq, _not_in_force(seq, current, keys))
    return replace(verdict, head=keys.sign(verdict.head, "anchor", current))


def _not_in_force(seq: int, current: str, keys: Keyring) -> str:
    new = "if the key is new, the bot's next write is signed, and this is over"
    if not current:
        return f"entry {seq} is not signed, and none before it: {new}"
    key = f"audit.key, which is {keys.name}" if keys.name else "audit.key, which is not set"
    return f"entry {seq} is signed with key {current}, not with {key}: {new}"


def check_part(
    entries: Iterable[Entry],
    keys: Keyring,
    *,
    cut: Entry | None = None,
    anchors: Iterable[Anchor] = (),
) -> Verdict:
    """The same for the first entries of a chain, which may all come before signing began."""
    start = Start.behind(cut)
    state = Verdict(0, start.anchor, keys=start.keys)
    reachable: list[Anchor] = []
    for anchor in anchors:
        problem = _forged(anchor, keys)
        if not problem and anchor.seq > start.anchor.seq:
            reachable.append(anchor)
        elif not problem and anchor != START and not start.covers(anchor, keys):
            problem = f"entry {anchor.seq} is missing: no signed entry records why"
        if problem:
            return _with_problem(state, anchor.seq, problem)
    return _followed(entries, keys, state, reachable)


def _forged(anchor: Anchor, keys: Keyring) -> str:
    if not anchor.signature or keys.confirms(anchor, "anchor"):
        return ""
    if not keys.knows(anchor.key):
        return (
            f"the anchor of entry {anchor.seq} is signed with key {anchor.key}, which is not known"
        )
    return f"the anchor of entry {anchor.seq} was changed: it is not what was signed"


def _followed(
    entries: Iterable[Entry], keys: Keyring, state: Verdict, anchors: Iterable[Anchor]
) -> Verdict:
    # Two anchors of one entry that differ cannot both be right: keep all.
    expected: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        expected.setdefault(anchor.seq, []).append(anchor)
    for entry in entries:
        problem = (
            _wrong(entry, state.head, keys)
            or _wrong_key(entry, state)
            or _unlike(entry, expected.pop(entry.seq, []))
        )
        if problem:
            return _with_problem(state, entry.seq, problem)
        state = Verdict(state.checked + 1, entry.anchor, keys=_keys_after(entry, state.keys))
    if expected:
        first = min(expected)
        return _with_problem(
            state, first, f"entry {first} is missing: the chain ends at {state.head.seq}"
        )
    return state


def _with_problem(so_far: Verdict, seq: int, problem: str) -> Verdict:
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


def _wrong_key(entry: Entry, so_far: Verdict) -> str:
    current = so_far.keys.current
    if not current:
        begins = so_far.head == START or entry.kind == SIGNED or not entry.key
        return "" if begins else f"entry {entry.seq} is signed, but none records that signing began"
    if not entry.key:
        return f"entry {entry.seq} is not signed, but entry {so_far.signed_from} before it is"
    if entry.key != current:
        since = f"from entry {so_far.keys.since} on key {current} is in force"
        return f"entry {entry.seq} is signed with key {entry.key}, but {since}"
    if entry.kind == NEW_KEY and _keys_after(entry, so_far.keys) == so_far.keys:
        return f"entry {entry.seq} names no new key"
    return ""


def _keys_after(entry: Entry, keys: Succession) -> Succession:
    if not keys.current:
        return keys.followed_by(entry.seq, entry.key) if entry.key else keys
    if entry.kind != NEW_KEY:
        return keys
    try:
        return keys.followed_by(entry.seq + 1, str(entry.after["key"]))
    except (KeyError, TypeError, ValueError):
        return keys


def _unlike(entry: Entry, anchors: Iterable[Anchor]) -> str:
    for anchor in anchors:
        if anchor.hash != entry.hash:
            return (
                f"entry {entry.seq} is not the one whose anchor was kept: the chain was made anew"
            )
        if anchor.signature and anchor.key != entry.key:
            return f"the anchor of entry {entry.seq} is signed with key {anchor.key}, not its own"
    return ""
