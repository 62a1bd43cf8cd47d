"""A command is what a comment begins with; its arguments are read leniently and bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.commands import parsing
from clickup_mlops.commands.model import Arguments, UsageError, one_word
from clickup_mlops.commands.parsing import Invocation


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
    result = parsing.find(text)
    begins = text.replace("\u200b", "").replace("\ufeff", "").lstrip()
    assert result is None or (begins.startswith("/") and len(result.arguments) <= 500)


HOUR = 3_600_000


def read(remainder: str) -> Arguments:
    """As a command reads it that takes one word and a time."""
    return parsing.arguments(remainder, one_word, has_time=True)


@pytest.mark.parametrize(
    ("argument_text", "expected"),
    [
        (
            "high for 3d because the demo is near",
            Arguments(("high",), 72 * HOUR, "the demo is near"),
        ),
        (
            "high because it waits for 3d already",
            Arguments(("high",), None, "it waits for 3d already"),
        ),
        ("low FOR 90min", Arguments(("low",), 5_400_000)),
        ("low for 2 weeks", Arguments(("low",), 14 * 24 * HOUR)),
        ("high 2h customer demo", Arguments(("high",), 2 * HOUR, "customer demo")),
        ("high 2 hours of errors", Arguments(("high",), None, "2 hours of errors")),
        ("high 3x slower", Arguments(("high",), None, "3x slower")),
        ("high, the demo is near", Arguments(("high",), None, "the demo is near")),
        ("high: the demo", Arguments(("high",), None, "the demo")),
        ("high - the demo", Arguments(("high",), None, "the demo")),
        ("high for the demo", Arguments(("high",), None, "the demo")),
        ("high weil die Demo ansteht", Arguments(("high",), None, "die Demo ansteht")),
        ("high due to the demo", Arguments(("high",), None, "the demo")),
        ("because", Arguments(("because",))),
        ("high because", Arguments(("high",))),
        ("stale_training_run", Arguments(("stale_training_run",))),
        ("", Arguments()),
    ],
)
def test_time_and_reason_are_optional(argument_text: str, expected: Arguments) -> None:
    """What follows the argument is the reason, with or without `because`."""
    assert read(argument_text) == expected


@pytest.mark.parametrize(
    "argument_text",
    [
        "please high 2h the demo",
        "Please, high for 2h, the demo",
        "high please for 2h because the demo, thanks!",
        "high for 2h, bitte: the demo",
        "por favor high for 2h the demo. Gracias",
        "high for 2h, s'il vous plaît, the demo",
        "high for 2h because the demo please, thank you very much",
        "bitte high 2h wegen the demo, danke schön",
    ],
)
def test_polite_words_are_no_arguments(argument_text: str) -> None:
    """Wherever they stand."""
    assert read(argument_text) == Arguments(("high",), 2 * HOUR, "the demo")


@pytest.mark.parametrize(
    ("argument_text", "reason"),
    [
        ("high the customer is pleased", "the customer is pleased"),
        ("high thanks to Ana it is fixed", "thanks to Ana it is fixed"),
        ("high the plsql job is late", "the plsql job is late"),
    ],
)
def test_words_that_only_begin_politely_are_part_of_the_reason(
    argument_text: str, reason: str
) -> None:
    """A reason keeps its words."""
    assert read(argument_text).because == reason


@pytest.mark.parametrize(
    "argument_text", ["high for 3 fortnights", "low for 0d", "low for 500d", "x for 3x"]
)
def test_a_time_that_cannot_be_is_refused(argument_text: str) -> None:
    """With how times are written."""
    with pytest.raises(UsageError, match=r"30m|between"):
        read(argument_text)


@given(st.text(max_size=600))
def test_any_arguments_are_read_or_refused(argument_text: str) -> None:
    """In bounds."""
    try:
        result = read(argument_text)
    except UsageError:
        return
    assert len(result.because) <= 300
    assert len(result.words) <= 1
