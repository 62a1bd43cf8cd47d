"""With a key nobody who can only write the database can rewrite the audit; on both databases."""

import pytest

from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Anchor, Filter, Keyring, Store
from clickup_mlops.store.audit.chain import CUT, SIGNED, START
from tests.store.test_audit import put_entries, tamper

KEYS = Keyring("a secret")


@pytest.fixture
def signed(store_url: str) -> "Store":
    """A store whose audit is signed, with some entries."""
    store = Store.open(store_url, keys=KEYS)
    put_entries(store, *"abc", at_ms=100)
    return store


def forged(store_url: str, *tasks: str, at_ms: int) -> Store:
    """Who can write the database, but has no key: appends as the bot would without one."""
    store = Store.open(store_url)
    put_entries(store, *tasks, at_ms=at_ms)
    return store


def everything_replaced(signed: Store, store_url: str) -> None:
    """The audit deleted, and a cut of one's own made that explains why."""
    head = signed.audit.head()
    tamper(signed, "delete from audit")
    tamper(signed, f"update audit_head set seq = 0, hash = '{START.hash}'")
    with forged(store_url, *"xyzw", at_ms=100) as forger:
        assert forger.audit.head().seq > head.seq
        forger.audit.cut(200, 300)


def test_a_forged_cut_satisfies_no_anchor(signed: Store, store_url: str) -> None:
    """Neither at once, nor after the bot wrote again, nor after its own retention cut."""
    anchor = signed.audit.head()
    everything_replaced(signed, store_url)
    assert signed.audit.verify().problem
    assert signed.audit.verify([anchor]).problem

    with Store(store_url, keys=KEYS) as bot:
        put_entries(bot, "d", at_ms=400)
        assert bot.audit.verify([anchor]).problem == (
            "entry 3 is missing: no signed entry records why"
        )
        bot.audit.cut(350, 500)
        assert not bot.audit.verify().problem
        assert bot.audit.verify([anchor]).problem == (
            "entry 3 is missing: no signed entry records why"
        )
    signed.close()


def test_unsigned_entries_after_signed_ones_are_named(signed: Store, store_url: str) -> None:
    """However the bot goes on after them."""
    with forged(store_url, "x", at_ms=100):
        put_entries(signed, "d")
    assert signed.audit.verify().problem == "entry 4 is not signed, but entry 1 before it is"
    signed.close()


def test_retention_leaves_what_does_not_verify(signed: Store) -> None:
    """A cut would sign what was forged, and remove the evidence."""
    tamper(signed, "update audit set after = '2' where seq = 2")
    with pytest.raises(ConfigError, match="entry 2 is not what was written"):
        signed.audit.cut(200, 300)
    assert len(signed.audit.list(Filter(), 10)) == 3
    signed.close()


def test_anchors_of_what_retention_removed_stay_valid(signed: Store) -> None:
    """A signed cut explains them; also a second one."""
    first, last = (signed.audit.get(seq) for seq in (1, 3))
    assert first
    assert last
    put_entries(signed, "d", at_ms=400)
    for now_ms in (500, 600):
        signed.audit.cut(now_ms, now_ms)
        assert not signed.audit.verify([first.anchor, last.anchor]).problem
        assert signed.audit.verify([Anchor(3, "b" * 64), last.anchor]).checked <= 1
    assert signed.audit.verify().signed_from == 1
    signed.close()


def test_a_key_that_is_set_later_signs_from_a_named_entry_on(store_url: str) -> None:
    """One entry, however many writers begin at once and whatever is rolled back."""
    with forged(store_url, "a", "b", at_ms=100):
        pass
    with Store(store_url, keys=KEYS) as new:
        assert "if the key is new, the bot's next write is signed" in new.audit.verify().problem
    with Store(store_url, keys=KEYS) as bot, Store(store_url, keys=KEYS) as another:
        put_entries(bot, "c")
        put_entries(another, "d")
        put_entries(bot, "e")
        (entry,) = bot.audit.list(Filter(kind=SIGNED), 10)
        verdict = bot.audit.verify()
    assert (entry.seq, entry.after["seq"], entry.key) == (3, 2, KEYS.name)
    assert (verdict.problem, verdict.signed_from, verdict.checked) == ("", 3, 6)


def test_a_signed_audit_is_not_continued_without_its_key(signed: Store, store_url: str) -> None:
    """A process whose environment lacks the key says so before it writes."""
    signed.audit.must_be_signable()
    with Store(store_url) as keyless, pytest.raises(ConfigError, match=r"audit\.key is not set"):
        keyless.audit.must_be_signable()
    signed.close()


@pytest.mark.parametrize("statement", ["delete from audit_head", "update audit_head set seq = 1"])
def test_a_head_that_was_tampered_with_is_named(signed: Store, statement: str) -> None:
    """It is part of the record."""
    tamper(signed, statement)
    assert signed.audit.verify().problem
    signed.close()


def test_an_unsigned_audit_is_cut_as_before(store_url: str) -> None:
    """Who uses no key has a chain against accidents."""
    with forged(store_url, "a", "b", at_ms=100) as store:
        assert store.audit.cut(200, 300) == 2
        (cut,) = store.audit.list(Filter(kind=CUT), 1)
        assert cut.after["keys"] == []
        assert not store.audit.verify().problem


def test_a_broken_audit_keeps_nothing_else_from_being_pruned(signed: Store) -> None:
    """What is not cut is logged by the bot, and reported by `prune`."""
    tamper(signed, "update audit set after = '2' where seq = 2")
    with pytest.raises(ConfigError, match="not cut"):
        signed.retention.prune({"audit": 200, "writes": 200, "events": 200}, 300)
    assert not signed.retention.count({"events": 200})["events"]
    signed.close()
