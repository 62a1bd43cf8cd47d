"""What an agent wrote runs in a process of its own, with an end to its memory and its time."""

import time

import pytest

from clickup_mlops.automations.conditions.cel import EvalError
from clickup_mlops.automations.variables import LANGUAGE
from clickup_mlops.errors import ContentError, InputError
from clickup_mlops.ports.mcp import bounded


def _growing() -> str:
    """A condition of a draft: each step makes the text a thousand times as long."""
    step = f'.replace("a", "{"a" * 1000}")'
    answer = LANGUAGE.expression(f'("a"{step * 4}).size() > 4').value({})
    return "refused" if isinstance(answer, EvalError) else "answered"


def _large() -> int:
    return len(b"a" * (2 * bounded.MOST_MEMORY))


def _wrong() -> None:
    raise ContentError("draft.toml", "when", "is no condition", hint="See the page.")


def test_a_text_that_grows_takes_no_more_than_its_memory() -> None:
    """The condition has no answer, and the server goes on."""
    assert bounded.call(_growing) == "refused"
    with pytest.raises(InputError, match="more than 1,024 MiB"):
        bounded.call(_large)


def test_what_takes_too_long_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match=r"more than 0\.5 seconds"):
        bounded.call(time.sleep, 60, seconds=0.5)
    assert time.monotonic() - began < 30


def test_an_error_of_the_draft_arrives_with_its_hint() -> None:
    with pytest.raises(InputError, match=r"draft\.toml: when: is no condition") as result:
        bounded.call(_wrong)
    assert result.value.hint == "See the page."
