"""The chain proves what was written: whatever is done to it, the first wrong entry is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.store.audit.chain import START, Anchor, Entry, Keyring, check

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
    whole = chain(length)
    at = data.draw(st.integers(0, length - 2))
    without = whole[:at] + whole[at + 1 :]
    assert check(without, KEYS).problem == f"entry {at + 1} is missing"

    moved = [*whole]
    moved[at], moved[at + 1] = moved[at + 1], moved[at]
    assert check(moved, KEYS).problem == f"entry {at + 1} is missing"
    renumbered = [replace(entry, seq=n) for n, entry in enumerate(moved, start=1)]
    assert check(renumbered, KEYS).seq == at + 1


@given(st.integers(1, 12), st.data())
def test_a_shortened_chain_is_found_by_an_anchor(length: int, data: st.DataObject) -> None:
    """What is left fits together: only an anchor kept elsewhere knows that there was more."""
    whole = chain(length)
    anchor = Anchor.parse(str(whole[-1].anchor))
    short = whole[: data.draw(st.integers(0, length - 1))]

    assert not check(whole, KEYS, anchors=[anchor]).problem
    assert not check(short, KEYS).problem
    assert check(short, KEYS, anchors=[anchor]).seq == length


def test_who_does_not_know_the_key_cannot_mend_the_chain() -> None:
    """Neither with another key nor by leaving the signature out; without a key anybody can."""
    for forger in (Keyring("guessed"), Keyring()):
        assert check(chain(3, forger), KEYS).problem
    assert not check(chain(3, Keyring()), Keyring()).problem


def test_a_new_key_goes_on_where_the_old_one_ended() -> None:
    """The old one is still needed to verify."""
    old = chain(2)
    new, both = Keyring("new"), Keyring("new", ["a secret"])
    blank = replace(old[-1], seq=3, prev=old[-1].hash, key=new.name)
    entries = [*old, replace(blank, hash=new.digest(replace(blank, hash="").body(), new.name))]

    assert not check(entries, both).problem
    assert "not known" in check(entries, new).problem


@pytest.mark.parametrize("text", ["", "5", "5:abc", f"x:{'0' * 64}"])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    """Not taken for an anchor that happens to be missing."""
    with pytest.raises(ValueError):
        Anchor.parse(text)


def test_a_key_never_shows() -> None:
    """Only its fingerprint."""
    assert "secret" not in repr(KEYS)
