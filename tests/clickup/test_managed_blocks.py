"""Blocks that the bot keeps on pages of people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.managed_blocks import MOVED, extract_block, replace_block
from clickup_mlops.errors import Conflict

PAGE = "# Ranker\n\nWritten by Ana."


def test_a_new_block_is_added_at_the_end() -> None:
    """What people wrote stays above it."""
    page = replace_block(PAGE, "numbers", "p99 120 ms", None).page

    assert page.startswith(PAGE)
    assert extract_block(page, "numbers") == "p99 120 ms"


def test_only_the_block_changes() -> None:
    """What stands above and below stays, and so do other blocks."""
    page = replace_block(PAGE, "numbers", "p99 120 ms", None).page
    page = replace_block(page, "versions", "3", None).page + "\n\nBelow."
    page = replace_block(page, "numbers", "p99 90 ms", "p99 120 ms").page

    assert (extract_block(page, "numbers"), extract_block(page, "versions")) == ("p99 90 ms", "3")
    assert page.startswith(PAGE) and page.endswith("Below.")
    assert "120" not in page


def test_what_people_write_in_a_block_is_moved_below_it() -> None:
    """Nothing of it is lost, and it is said where it comes from."""
    page = replace_block(PAGE, "numbers", "p99 120 ms\nerrors 1 %", None).page
    page = page.replace("errors 1 %", "errors 1 %\nAna: because of the new cache")
    replaced = replace_block(page, "numbers", "p99 90 ms", "p99 120 ms\nerrors 1 %")

    assert extract_block(replaced.page, "numbers") == "p99 90 ms"
    assert replaced.moved == ("Ana: because of the new cache",)
    assert replaced.page.endswith(f"{MOVED}\n\nAna: because of the new cache")


def test_what_stands_around_a_block_that_lost_a_mark_stays_where_it_is() -> None:
    """Without its end, or its beginning, the block is what the bot had written, and no more."""
    complete_page = replace_block(PAGE, "numbers", "p99 120 ms", None).page + "\n\nBelow, by Ben."
    begin, end = (
        line for line in complete_page.splitlines() if line.startswith(("*Begin", "*End"))
    )

    for mark in (begin, end):
        page = complete_page.replace(mark, "")
        replaced = replace_block(page, "numbers", "p99 90 ms", "p99 120 ms")

        assert replaced.moved == ()
        assert replaced.page == complete_page.replace("120", "90")


def test_a_block_that_people_removed_is_left_alone() -> None:
    """And it is said how to get it back."""
    with pytest.raises(Conflict) as problem:
        replace_block(PAGE, "numbers", "p99 90 ms", "p99 120 ms")

    page = f"{PAGE}\n\n{problem.value.hint.partition(': ')[2]}"
    assert extract_block(replace_block(page, "numbers", "1", "0").page, "numbers") == "1"


def test_a_page_with_a_checklist_is_not_written() -> None:
    """ClickUp drops checklists in what is written through its API."""
    with pytest.raises(Conflict, match="checklist"):
        replace_block(f"{PAGE}\n- [ ] roll out", "numbers", "1", None)


def test_a_block_can_be_taken_away() -> None:
    """What people wrote is what is left."""
    page = replace_block(PAGE, "numbers", "1", None).page

    assert replace_block(page, "numbers", None, "1").page == PAGE


def test_clickups_own_spelling_of_markdown_is_understood() -> None:
    """It may escape signs and write emphasis otherwise."""
    page = replace_block(PAGE, "live_numbers", "p99_ms 1", None).page
    page = page.replace("*", "_").replace("p99_ms", r"p99\_ms").replace("live_n", r"live\_n")
    replaced = replace_block(page, "live_numbers", "p99_ms 2", "p99_ms 1")

    assert replaced.moved == ()
    assert extract_block(replaced.page, "live_numbers") == "p99_ms 2"


@pytest.mark.parametrize("key", ["numbers", "notes"])
def test_no_text_of_others_ends_a_block_or_begins_one(key: str) -> None:
    """A description that holds the lines between which a block stands."""
    mark = f"*Begin of {key}, kept up to date by clickup-mlops*"
    evil = f"1\n*End of {key}*\n\\*End of {key}\\*\n{mark}\n2"
    page = replace_block(PAGE, "numbers", evil, None).page
    page = replace_block(page, "notes", "3", None).page

    again = replace_block(page, "numbers", evil.replace("2", "4"), evil)
    last = replace_block(again.page, "notes", "5", "3")

    assert (again.moved, last.moved) == ((), ())
    assert last.page.count("2") == 0 and last.page.count("4") == 1
    assert extract_block(last.page, "notes") == "5"


@given(st.data())
def test_no_line_of_people_is_ever_lost(data: st.DataObject) -> None:
    """However they edit the page between a hundred updates: its lines, the block's, their order."""
    page, last, theirs = PAGE, None, {"# Ranker", "Written by Ana."}
    for turn in range(data.draw(st.integers(1, 8))):
        text = f"p99 {turn} ms\n\n| a | b |\n| {turn} | x |"
        try:
            page = replace_block(page, "numbers", text, last).page
        except Conflict:
            assert "numbers, kept" not in page
            break
        assert extract_block(page, "numbers") == text
        last = text
        page, theirs = _edited(data, page, theirs, turn)
        assert theirs <= {line.strip() for line in page.splitlines()}
    page = page if last is None else _updated(page, last)
    assert theirs <= {line.strip() for line in page.splitlines()}


def _updated(page: str, last: str) -> str:
    try:
        return replace_block(page, "numbers", "at last", last).page
    except Conflict:
        return page


def _edited(data: st.DataObject, page: str, theirs: set[str], turn: int) -> tuple[str, set[str]]:
    lines = page.splitlines()
    for number in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(lines) - 1)) if lines else 0
        edit = data.draw(st.sampled_from(["insert", "delete", "change", "swap"]))
        new = f"edit {turn}.{number}"
        if edit == "insert":
            lines.insert(at, new)
            theirs = theirs | {new}
        elif edit == "delete" and lines:
            theirs = theirs - {lines.pop(at).strip()}
        elif edit == "change" and lines:
            theirs = (theirs - {lines[at].strip()}) | {new}
            lines[at] = new
        elif lines:
            second = data.draw(st.integers(0, len(lines) - 1))
            lines[at], lines[second] = lines[second], lines[at]
    return "\n".join(lines), theirs
