"""What docs/explanation/audit.md promises, from the side of who can write the database.

Each attack is SQL on the store, as somebody with a connection sends it. Then the bot goes on as
if nothing had happened, and who kept an anchor elsewhere verifies. On both databases.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, delete, insert, text, update

from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Anchor, Entry, Filter, Keyring, Store
from clickup_mlops.store.audit.chain import CUT, NEW_KEY, SIGNED, START, Verdict
from clickup_mlops.store.audit.rows import as_row, audit, audit_head
from tests.store.test_audit import put_entries

OLD, NEW = "the first secret", "the second secret"
BEFORE = Keyring(OLD)
"""The keys of the bot before its key was replaced; also what a thief of that key has."""
AFTER = Keyring(NEW, [OLD])
KEYLESS = Keyring()

Attack = Callable[["Attacker"], None]


class Attacker:
    """Reads and writes the audit's tables, with whatever keys were stolen."""

    def __init__(self, url: str, keys: Keyring) -> None:
        self.url, self.keys = url, keys
        with Store(url) as store:
            self.entries = list(store.audit.select(Filter()))
            self.stored = store.audit.head()

    def replaces(self, entries: Sequence[Entry], *, head: Anchor | None = None) -> None:
        """These entries are the audit; the head names the last one, signed if there is a key."""
        end = head or (entries[-1].anchor if entries else START)
        signed = self.keys.sign(end, "head", self.keys.name)
        row = {"seq": signed.seq, "hash": signed.hash, "signature": signed.signature}
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(delete(audit))
            if entries:
                connection.execute(insert(audit), [as_row(entry) for entry in entries])
            connection.execute(update(audit_head).values(**row))
        engine.dispose()

    def runs(self, *statements: str) -> None:
        """These statements, and nothing else."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def restores(self, signature: str) -> None:
        """All as it was, with the head's signature as it was read."""
        self.replaces(self.entries)
        self.runs(f"update audit_head set signature = '{signature}'")

    def entry(self, place: Anchor, **values: object) -> Entry:
        """One more entry behind that place, with the attacker's key."""
        blank = replace(
            self.entries[0], seq=place.seq + 1, prev=place.hash, key=self.keys.name, hash=""
        )
        blank = replace(blank, **values)  # type: ignore[arg-type]
        return replace(blank, hash=self.keys.digest(blank.body(), blank.key) or "")

    def chained(self, entries: Sequence[Entry], after: Anchor = START) -> list[Entry]:
        """These entries, renumbered, hashed and signed anew behind that place."""
        chain: list[Entry] = []
        for entry in entries:
            blank = replace(entry, seq=after.seq + 1, prev=after.hash, key=self.keys.name, hash="")
            chain.append(replace(blank, hash=self.keys.digest(blank.body(), blank.key) or ""))
            after = chain[-1].anchor
        return chain

    def cut(self, place: Anchor, keys: Sequence[tuple[int, str]] = ()) -> Entry:
        """A cut that says everything up to that place was removed."""
        after = {"seq": place.seq, "hash": place.hash, "keys": [list(key) for key in keys]}
        return self.entry(place, kind=CUT, after=after)


@contextmanager
def bot(url: str, keys: Keyring = AFTER) -> Iterator[Store]:
    """The bot's store."""
    with Store(url, keys=keys) as store:
        yield store


def verdict(url: str, anchors: Sequence[Anchor] = (), keys: Keyring = AFTER) -> Verdict:
    """What `audit verify` finds."""
    with bot(url, keys) as store:
        return store.audit.verify(anchors)


def goes_on(url: str, keys: Keyring = AFTER) -> None:
    """The bot writes again."""
    with bot(url, keys) as store:
        put_entries(store, "later", at_ms=900)


@pytest.fixture
def url(store_url: str) -> str:
    """Three entries with the first key, and, since the key was replaced, three with the second."""
    with Store.open(store_url, keys=BEFORE) as store:
        put_entries(store, *"abc", at_ms=100)
    with bot(store_url) as store:
        put_entries(store, *"def", at_ms=300)
        assert [entry.kind for entry in store.audit.list(Filter(kind=NEW_KEY), 9)] == [NEW_KEY]
        assert not store.audit.verify().problem
    return store_url


@pytest.fixture
def anchor(url: str) -> Anchor:
    """What was kept elsewhere, as text."""
    return Anchor.parse(str(verdict(url).head))


def delete_all(attacker: Attacker) -> None:
    attacker.replaces([])


def delete_all_and_leave_a_cut(attacker: Attacker) -> None:
    """The one of the issue: an unsigned cut that names the head."""
    attacker.replaces([attacker.cut(attacker.stored)])


def delete_all_and_leave_a_cut_with_keys(attacker: Attacker) -> None:
    """It claims that everything before it was signed as it was."""
    attacker.replaces([attacker.cut(attacker.stored, [(1, BEFORE.name), (5, AFTER.name)])])


def delete_all_and_leave_a_cut_of_the_first_key(attacker: Attacker) -> None:
    """It claims that no other key was ever in force."""
    attacker.replaces([attacker.cut(attacker.stored, [(1, BEFORE.name)])])


def delete_all_and_begin_anew(attacker: Attacker) -> None:
    """More entries than before, all forged."""
    attacker.replaces(attacker.chained([*attacker.entries, *attacker.entries]))


def delete_all_and_replay_the_switch(attacker: Attacker) -> None:
    """Forged entries up to the same number, one that records where signing began."""
    forged = attacker.chained(attacker.entries)
    attacker.replaces([*forged[:-1], attacker.entry(forged[-2].anchor, kind=SIGNED)])


def delete_the_end(attacker: Attacker) -> None:
    attacker.replaces(attacker.entries[:-2])


def delete_the_end_and_add(attacker: Attacker) -> None:
    entries = attacker.entries[:-2]
    attacker.replaces([*entries, *attacker.chained(attacker.entries[:4], entries[-1].anchor)])


def go_back_before_the_new_key(attacker: Attacker) -> None:
    attacker.replaces(attacker.entries[:3])


def delete_the_middle(attacker: Attacker) -> None:
    attacker.runs("delete from audit where seq in (2, 6)")


def delete_the_middle_and_close_the_gap(attacker: Attacker) -> None:
    stored = attacker.entries[:1] + attacker.entries[2:]
    attacker.replaces(attacker.chained(stored))


def delete_the_beginning(attacker: Attacker) -> None:
    attacker.runs("delete from audit where seq < 6")


def delete_the_beginning_and_add_a_cut(attacker: Attacker) -> None:
    cut_off, entries = attacker.entries[:5], attacker.entries[5:]
    after = {"seq": 5, "hash": cut_off[-1].hash, "keys": [[1, BEFORE.name], [5, AFTER.name]]}
    attacker.replaces([*entries, attacker.entry(entries[-1].anchor, kind=CUT, after=after)])


def move_entries(attacker: Attacker) -> None:
    attacker.runs(
        "update audit set seq = -1 where seq = 6",
        "update audit set seq = 6 where seq = 7",
        "update audit set seq = 7 where seq = -1",
    )


def rewrite_one(attacker: Attacker) -> None:
    attacker.runs("update audit set after = '3' where seq = 2")


def rewrite_and_hash_anew(attacker: Attacker) -> None:
    changed = [replace(attacker.entries[0], after=3), *attacker.entries[1:]]
    attacker.replaces(attacker.chained(changed))


def rewrite_what_the_first_key_signed(attacker: Attacker) -> None:
    """Up to the entry that names the second one, which follows as it was."""
    changed = attacker.chained([replace(attacker.entries[0], after=3), *attacker.entries[1:4]])
    attacker.replaces([*changed, *attacker.entries[4:]], head=attacker.stored)


def append(attacker: Attacker) -> None:
    attacker.replaces([*attacker.entries, attacker.entry(attacker.entries[-1].anchor)])


def append_a_cut(attacker: Attacker) -> None:
    """Behind the entries of the bot, which are removed then."""
    cut = attacker.entry(
        attacker.stored,
        kind=CUT,
        after={
            "seq": 6,
            "hash": attacker.entries[5].hash,
            "keys": [[1, BEFORE.name], [5, AFTER.name]],
        },
    )
    attacker.replaces([attacker.entries[6], cut])


def name_a_key_again(attacker: Attacker) -> None:
    """An entry of the replaced key that names the key of somebody else, or itself."""
    end = attacker.entries[-1].anchor
    note = attacker.entry(end, kind=NEW_KEY, after={"key": attacker.keys.name or "ffffffff"})
    attacker.replaces([*attacker.entries, note, attacker.entry(note.anchor)])


def name_a_key_earlier(attacker: Attacker) -> None:
    """The place where the key was replaced is forged: later than it was."""
    entries = attacker.entries[:3]
    forged = attacker.chained([*entries, *entries], entries[-1].anchor)
    note = attacker.entry(forged[-1].anchor, kind=NEW_KEY, after={"key": AFTER.name})
    attacker.replaces([*entries, *forged, note])


def unsign_the_head(attacker: Attacker) -> None:
    attacker.runs("update audit_head set signature = ''")


ATTACKS: list[Attack] = [
    delete_all,
    delete_all_and_leave_a_cut,
    delete_all_and_leave_a_cut_with_keys,
    delete_all_and_leave_a_cut_of_the_first_key,
    delete_all_and_begin_anew,
    delete_all_and_replay_the_switch,
    delete_the_end,
    delete_the_end_and_add,
    go_back_before_the_new_key,
    delete_the_middle,
    delete_the_middle_and_close_the_gap,
    delete_the_beginning,
    delete_the_beginning_and_add_a_cut,
    move_entries,
    rewrite_one,
    rewrite_and_hash_anew,
    rewrite_what_the_first_key_signed,
    append,
    append_a_cut,
    name_a_key_again,
    name_a_key_earlier,
]
ENDS: list[Attack] = [delete_the_end, append, unsign_the_head, delete_the_end_and_add]


@pytest.mark.parametrize("stolen", [KEYLESS, BEFORE], ids=["no-key", "replaced-key"])
def test_an_anchor_kept_elsewhere_finds_every_attack(
    url: str, anchor: Anchor, stolen: Keyring
) -> None:
    """By who has no key, or the key that was replaced; at once, and after the bot wrote again."""
    missed = []
    for attack in _each(ATTACKS, url, stolen):
        at_once = verdict(url, [anchor]).problem
        goes_on(url)
        if not (at_once and verdict(url, [anchor]).problem):
            missed.append(attack.__name__)
    assert not missed


@pytest.mark.parametrize("stolen", [KEYLESS, BEFORE], ids=["no-key", "replaced-key"])
def test_the_signed_head_finds_a_changed_end_without_an_anchor(url: str, stolen: Keyring) -> None:
    """At once, after the bot wrote again, and retention does not remove the evidence."""
    for attack in _each(ENDS, url, stolen):
        assert verdict(url).problem, attack
        goes_on(url)
        assert verdict(url).problem, attack
        with bot(url) as store, pytest.raises(ConfigError, match="not cut"):
            store.audit.cut(10_000, 10_001)


def _each(attacks: list[Attack], url: str, stolen: Keyring) -> Iterator[Attack]:
    """Performs one after the other, each on the audit as the bot wrote it."""
    attacker, signature = Attacker(url, stolen), _signature(url)
    for attack in attacks:
        attack(attacker)
        yield attack
        attacker.restores(signature)
        assert not verdict(url).problem


def test_a_replaced_key_signs_nothing_that_counts(url: str) -> None:
    """An entry, a cut and a head; without an anchor."""
    thief = Attacker(url, BEFORE)
    append(thief)
    since = f"from entry 5 on key {AFTER.name} is in force"
    assert verdict(url).problem == f"entry 8 is signed with key {BEFORE.name}, but {since}"
    append_a_cut(thief)
    assert f"entry 8 is signed with key {BEFORE.name}" in verdict(url).problem
    thief.replaces(thief.entries)
    assert f"the head, entry 7, is not signed with key {AFTER.name}" in verdict(url).problem


def test_an_anchor_of_another_key_or_text_is_named(url: str, anchor: Anchor) -> None:
    """Who can write the file of anchors cannot make the chain look broken elsewhere unseen."""
    forged = BEFORE.sign(Anchor(anchor.seq, anchor.hash), "anchor", BEFORE.name)
    assert "not its own" in verdict(url, [forged]).problem
    changed = replace(anchor, hash="a" * 64)
    assert verdict(url, [changed]).problem == (
        "the anchor of entry 7 was changed: it is not what was signed"
    )


def test_an_anchor_is_no_head(url: str) -> None:
    """It is public: else who removes what came after it could sign the rest with it."""
    anchor = verdict(url).head
    goes_on(url)
    attacker = Attacker(url, KEYLESS)
    attacker.replaces(attacker.entries[:7])
    attacker.runs(f"update audit_head set signature = '{anchor.signature}'")
    assert "the head, entry 7, is not signed" in verdict(url).problem


def test_an_older_copy_of_the_store_is_found_by_a_newer_anchor(url: str) -> None:
    """Its rows are genuine, the head's signature included: without an anchor nobody can know."""
    backup = Attacker(url, KEYLESS)
    signature = _signature(url)
    goes_on(url)
    newer = verdict(url).head

    backup.restores(signature)
    assert not verdict(url).problem
    assert verdict(url, [newer]).problem == "entry 8 is missing: the chain ends at 7"
    goes_on(url)
    assert "the chain was made anew" in verdict(url, [newer]).problem


def _signature(url: str) -> str:
    engine = create_engine(url)
    with engine.begin() as connection:
        signature: str = connection.execute(text("select signature from audit_head")).scalar_one()
    engine.dispose()
    return signature


def test_the_audit_of_another_store_is_found_by_an_anchor(
    url: str, anchor: Anchor, sqlite_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Even if both stores have the same keys."""
    second = f"sqlite:///{tmp_path_factory.mktemp('other') / 'bot.db'}"
    with Store.open(second, keys=BEFORE) as store:
        put_entries(store, *"vwxyz", at_ms=100)
    goes_on(second)
    swapped = Attacker(second, KEYLESS)
    Attacker(url, KEYLESS).replaces(swapped.entries)
    Attacker(url, KEYLESS).runs(f"update audit_head set signature = '{_signature(second)}'")

    assert not verdict(url).problem
    assert "the chain was made anew" in verdict(url, [anchor]).problem


def test_retention_is_no_attack(url: str) -> None:
    """Its cuts cover anchors of both keys, kept before and after, signed and not."""
    with bot(url) as store:
        entries = list(store.audit.select(Filter()))
        anchors = [AFTER.sign(entry.anchor, "anchor", entry.key) for entry in entries]
        anchors += [entry.anchor for entry in entries]
        assert store.audit.cut(200, 1_000) == 3
        assert not store.audit.verify(anchors).problem
        put_entries(store, "g", at_ms=2_000)
        assert store.audit.cut(1_500, 3_000) == 5
        result = store.audit.verify(anchors)
        assert (result.problem, result.keys.keys) == ("", ((1, BEFORE.name), (5, AFTER.name)))
    assert not verdict(url, anchors).problem


def test_a_cut_of_a_key_that_was_replaced_later_covers_what_that_key_signed(store_url: str) -> None:
    """It was in force at its place. What is not signed proves nothing then."""
    with Store.open(store_url, keys=BEFORE) as store:
        put_entries(store, *"abc", at_ms=100)
        first = store.audit.head()
        put_entries(store, "d", at_ms=300)
        store.audit.cut(200, 400)
    goes_on(store_url)
    assert not verdict(store_url, [first]).problem
    assert verdict(store_url, [replace(first, signature="")]).problem


def test_processes_with_both_keys_take_turns_while_the_key_is_replaced(url: str) -> None:
    """One that still has the first key, and knows the second one, signs with the second one."""
    with bot(url, Keyring(OLD, [NEW])) as late, bot(url) as store:
        put_entries(late, "g", at_ms=400)
        put_entries(store, "h", at_ms=500)
        put_entries(late, "i", at_ms=600)
        assert late.audit.cut(350, 700) == 7
        put_entries(late, "j", at_ms=800)
    assert not verdict(url).problem


def test_a_process_without_the_key_in_force_stops(url: str) -> None:
    """Before it writes, and, if the key is replaced while it runs, instead of an entry."""
    with bot(url, BEFORE) as late:
        with pytest.raises(ConfigError, match="which this process does not have"):
            late.audit.must_be_signable()
        with pytest.raises(ConfigError, match="which this process does not have"):
            put_entries(late, "g")
    assert verdict(url).checked == 7


def test_without_a_key_only_an_anchor_in_reach_proves_something(store_url: str) -> None:
    """The documented limit: who can write can also make a cut that covers the anchor."""
    with Store.open(store_url) as store:
        put_entries(store, *"abc", at_ms=100)
        anchor = store.audit.head()
    attacker = Attacker(store_url, KEYLESS)
    rewrite_and_hash_anew(attacker)
    assert not verdict(store_url, keys=KEYLESS).problem
    assert "the chain was made anew" in verdict(store_url, [anchor], KEYLESS).problem
    delete_all_and_leave_a_cut(attacker)
    assert not verdict(store_url, [anchor], KEYLESS).problem
