"""A misspelt word comes with the nearest known one."""

import string

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.spelling import SENTENCE, find_nearest, format_count, suggest_word


@given(st.lists(st.text(string.ascii_letters, min_size=1), min_size=1))
def test_a_known_word_is_its_own_nearest(words: list[str]) -> None:
    """Whatever is known is found, in any case."""
    nearest = find_nearest(words[0].swapcase(), words)
    assert nearest is not None
    assert nearest.casefold() == words[0].casefold()


def test_the_first_of_equal_words_is_meant() -> None:
    """And nothing that is too far away."""
    assert find_nearest("reviw", ["Review", "review"]) == "Review"
    assert find_nearest("reviw", ["Review"], cutoff=0.95) is None


def test_what_is_said() -> None:
    """In the given form; otherwise what is known."""
    assert suggest_word("routee", ["route"]) == '; did you mean "route"?'
    assert suggest_word("routee", ["route"], SENTENCE) == 'Did you mean "route"?'
    assert suggest_word("xyz", ["route"], otherwise="; known: route") == "; known: route"


def test_a_number_agrees_with_its_noun() -> None:
    """Zero is many, and large numbers are grouped."""
    texts = [format_count(number, "event") for number in (0, 1, 1_200)]
    assert texts == ["0 events", "1 event", "1,200 events"]


def test_words_that_an_s_does_not_make_plural_are_given() -> None:
    """Also with their verb."""
    texts = [format_count(number, "time entry stays", "time entries stay") for number in (1, 2)]
    assert texts == ["1 time entry stays", "2 time entries stay"]
