"""The chain proves what was written: whatever is done to it, the first wrong entry is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.store.audit.chain import (
    CUT,
    NEW_KEY,
    SIGNED,
    START,
    Anchor,
    Entry,
    Keyring,
    check,
)

KEYS = Keyring("a secret")


def chain(length: int, keys: Keyring = KEYS) -> list[Entry]:
    """Entries as the audit appends them."""
    entries: list[Entry] = []
    for seq in range(1, length + 1):
        prev = entries[-1].hash if entries else START.hash
        blank = Entry(
            seq, 9, 8, f"t{seq}", "priority", 4, 1, None, "e", (), "r", "", "", "done", (), seq,
            keys.name, prev,
        )  # fmt: skip
        entries.append(replace(blank, hash=keys.digest(blank.body(), keys.name) or ""))
    return entries


@given(st.integers(1, 12), st.data())
def test_a_changed_entry_is_named(length: int, data: st.DataObject) -> None:
    """Any value of any entry, its hash and its number included."""
    entries = chain(length)
    at = data.draw(st.integers(0, length - 1))
    change = data.draw(
        st.sampled_from(
            [
                {"after": 2},
                {"task_id": "other"},
                {"at_ms": 10},
                {"receipt": "x"},
                {"calls": ("PUT /x 200",)},
                {"hash": "f" * 64},
                {"prev": "f" * 64},
                {"key": ""},
            ]
        )
    )
    entries[at] = replace(entries[at], **change)

    verdict = check(entries, KEYS)
    assert verdict.problem
    assert (verdict.seq, verdict.checked) == (at + 1, at)


@given(st.integers(2, 12), st.data())
def test_a_missing_or_moved_entry_is_named(length: int, data: st.DataObject) -> None:
    """Taken out, or exchanged with another, numbers kept or made to fit."""
    total = chain(length)
    at = data.draw(st.integers(0, length - 2))
    without = total[:at] + total[at + 1 :]
    assert check(without, KEYS).problem == f"entry {at + 1} is missing"

    moved = [*total]
    moved[at], moved[at + 1] = moved[at + 1], moved[at]
    assert check(moved, KEYS).problem == f"entry {at + 1} is missing"
    renumbered = [replace(entry, seq=n) for n, entry in enumerate(moved, start=1)]
    assert check(renumbered, KEYS).seq == at + 1


@given(st.integers(1, 12), st.data())
def test_a_shortened_chain_is_found_by_an_anchor(length: int, data: st.DataObject) -> None:
    """What is left fits together: only an anchor kept elsewhere knows that there was more."""
    total = chain(length)
    anchor = Anchor.parse(str(total[-1].anchor))
    short = total[: data.draw(st.integers(0, length - 1))]

    assert not check(total, KEYS, anchors=[anchor]).problem
    assert not check(short, KEYS).problem
    assert check(short, KEYS, anchors=[anchor]).seq == length


def test_who_does_not_know_the_key_cannot_mend_the_chain() -> None:
    """Neither with another key nor by leaving the signature out; without a key anybody can."""
    for forger in (Keyring("guessed"), Keyring()):
        assert check(chain(3, forger), KEYS).problem
    assert not check(chain(3, Keyring()), Keyring()).problem


def test_a_new_key_goes_on_where_the_old_one_ended() -> None:
    """The old one is still needed to verify."""
    new, both = Keyring("new"), Keyring("new", ["a secret"])
    entries = [*chain(2)]
    entries.append(added(entries, KEYS, kind=NEW_KEY, after={"key": new.name}))
    entries.append(added(entries, new))

    assert check(entries, both).keys.keys == ((1, KEYS.name), (4, new.name))
    assert not check(entries, both).problem
    assert "not known" in check(entries, new).problem
    assert "not with audit.key" in check(entries[:2], both).problem


def test_a_key_that_was_replaced_never_returns() -> None:
    """Neither in what follows, nor by an entry that names it again."""
    new, both = Keyring("new"), Keyring("new", ["a secret"])
    entries = [*chain(2)]
    entries.append(added(entries, KEYS, kind=NEW_KEY, after={"key": new.name}))
    entries.append(added(entries, new))

    late = [*entries, added(entries, KEYS)]
    assert "from entry 4 on key" in check(late, both).problem
    back = [*entries, added(entries, new, kind=NEW_KEY, after={"key": KEYS.name})]
    assert check(back, both).problem == "entry 5 names no new key"


@pytest.mark.parametrize(
    "text", ["", "5", "5:abc", f"x:{'0' * 64}", f"5:{'0' * 64}:key", f"5:{'0' * 64}:key:abc"]
)
def test_what_is_no_anchor_is_refused(text: str) -> None:
    """Not taken for an anchor that happens to be missing."""
    with pytest.raises(ValueError):
        Anchor.parse(text)


def test_a_key_never_shows() -> None:
    """Only its fingerprint."""
    assert "secret" not in repr(KEYS)


def added(entries: list[Entry], keys: Keyring, **more: object) -> Entry:
    """One more entry, as whoever has these keys can make it."""
    last = entries[-1] if entries else None
    seq, prev = (last.seq + 1, last.hash) if last else (1, START.hash)
    blank = replace(chain(1)[0], seq=seq, prev=prev, key=keys.name, hash="")
    blank = replace(blank, **more)  # type: ignore[arg-type]
    return replace(blank, hash=keys.digest(blank.body(), keys.name) or "")


NOBODY = Keyring()
"""What a forger has: no key."""


def test_nothing_unsigned_follows_what_is_signed() -> None:
    """Else a forger would go on with entries of his own, and the bot would sign after them."""
    forged = chain(3)
    forged.append(added(forged, NOBODY))
    assert check(forged, KEYS).problem == "entry 4 is not signed, but entry 1 before it is"

    forged.append(added(forged, KEYS))
    assert check(forged, KEYS).seq == 4


def test_the_switch_to_signing_is_one_named_entry() -> None:
    """A signed entry after unsigned ones that does not say so covers a forged beginning."""
    old = chain(2, NOBODY)
    assert check([*old, added(old, KEYS)], KEYS).seq == 3

    switched = [*old, added(old, KEYS, kind=SIGNED)]
    switched.append(added(switched, KEYS))
    verdict = check(switched, KEYS)
    assert (verdict.problem, verdict.signed_from) == ("", 3)


@pytest.mark.parametrize("also_signed_by_the_bot", [False, True])
def test_an_unsigned_cut_explains_no_missing_anchor(also_signed_by_the_bot: bool) -> None:
    """Everything deleted, and a cut forged: an anchor that was kept before is not satisfied."""
    anchor = chain(7)[-1].anchor
    after = {"seq": 900, "hash": "a" * 64, "keys": []}
    cut = added([replace(chain(1)[0], seq=900, hash="a" * 64)], NOBODY, kind=CUT, after=after)
    forged = [cut]
    if also_signed_by_the_bot:
        forged.append(added(forged, KEYS, kind=SIGNED))
        assert not check(forged, KEYS, cut=cut).problem
    verdict = check(forged, KEYS, cut=cut, anchors=[anchor])
    assert verdict.problem == "entry 7 is missing: no signed entry records why"

    after["keys"] = [[1, KEYS.name]]
    pretended = replace(cut, key=KEYS.name, after=after)
    assert check([pretended, *forged[1:]], KEYS, cut=pretended, anchors=[anchor]).problem


def test_an_anchor_of_the_place_of_the_cut_must_be_its_hash() -> None:
    """The cut names it, so it can be compared although the entry is gone."""
    total = chain(4)
    after = {"seq": 4, "hash": total[-1].hash, "keys": [[1, KEYS.name]]}
    cut = added(total, KEYS, kind=CUT, after=after)

    assert not check([cut], KEYS, cut=cut, anchors=[total[1].anchor, total[3].anchor]).problem
    assert check([cut], KEYS, cut=cut, anchors=[Anchor(4, "b" * 64)]).seq == 4


def test_two_anchors_of_one_entry_cannot_both_be_right() -> None:
    """A file of anchors may hold both: none of them replaces the other."""
    total = chain(3)
    wrong = Anchor(2, "b" * 64)
    for anchors in ([wrong, total[1].anchor], [total[1].anchor, wrong]):
        assert check(total, KEYS, anchors=anchors).seq == 2
