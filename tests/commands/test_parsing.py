"""A command is what a comment begins with; its arguments are read leniently and bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.commands import parsing
from clickup_mlops.commands.model import UsageError
from clickup_mlops.commands.parsing import Invocation, Timed


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/why", Invocation("why", "")),
        ("  /why \n", Invocation("why", "")),
        ("/priority high for 3d\n", Invocation("priority", "high for 3d")),
        ("/hold\nand a second line", Invocation("hold", "")),
        ("/mute stale_training_run", Invocation("mute", "stale_training_run")),
        ("/tmp/model.bin is missing", None),
        ("/ why", None),
        ("see /why", None),
        ("> /why", None),
        ("//why", None),
        ("", None),
        ("/Why", Invocation("why", "")),
        ("/why?", Invocation("why", "")),
        ("/why ?!", Invocation("why", "")),
        ("/undo 41.", Invocation("undo", "41")),
        ("/priority high!", Invocation("priority", "high")),
        ("/tmp: it is full", None),
    ],
)
def test_only_the_beginning_of_a_comment_counts(text: str, command: Invocation | None) -> None:
    """A path, a quotation or a word in a sentence is no command."""
    assert parsing.find(text) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/priority\u00a0high for\u00a03d", Invocation("priority", "high for 3d")),
        ("/incident yes\u00a0!", Invocation("incident", "yes")),
        ("/why\u202f?", Invocation("why", "")),
        ("/priority\u3000high", Invocation("priority", "high")),
        ("\u200b/undo\u200b", Invocation("undo", "")),
        ("\ufeff/undo #41\ufeff", Invocation("undo", "#41")),
        ("/why\uff1f", Invocation("why", "")),
        ("/incident no\u3002", Invocation("incident", "no")),
    ],
)
def test_blanks_and_ends_of_sentences_of_any_script_are_such(
    text: str, command: Invocation
) -> None:
    """Editors and phones write them: no-break, narrow, wide and invisible ones."""
    assert parsing.find(text) == command


@given(st.text(max_size=2_000))
def test_any_text_is_read_or_left(text: str) -> None:
    """Nothing raises, and what is read is bounded."""
    found = parsing.find(text)
    begins = text.replace("\u200b", "").replace("\ufeff", "").lstrip()
    assert found is None or (begins.startswith("/") and len(found.arguments) <= 500)


HOUR = 3_600_000


@pytest.mark.parametrize(
    ("rest", "timed"),
    [
        ("high for 3d because the demo is near", Timed("high", 72 * HOUR, "the demo is near")),
        ("high because it waits for 3d already", Timed("high", None, "it waits for 3d already")),
        ("for 2 weeks", Timed("", 14 * 24 * HOUR, "")),
        ("low FOR 90min", Timed("low", 5_400_000, "")),
        ("because", Timed("", None, "")),
        ("stale_training_run", Timed("stale_training_run", None, "")),
        ("", Timed("", None, "")),
    ],
)
def test_time_and_reason_are_optional(rest: str, timed: Timed) -> None:
    """`WHAT for 3d because REASON`."""
    assert parsing.timed(rest) == timed


@pytest.mark.parametrize("rest", ["high for 3 fortnights", "low for 0d", "low for 500d", "for 3x"])
def test_a_time_that_cannot_be_is_refused(rest: str) -> None:
    """With how times are written."""
    with pytest.raises(UsageError, match=r"30m|between"):
        parsing.timed(rest)
