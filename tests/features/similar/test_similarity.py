"""Which open task a new one resembles most, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.automations.conditions.lookups import Title
from clickup_mlops.features.similar.actions.name_similar import describe
from clickup_mlops.features.similar.similarity import find_similar

NAMES = st.lists(st.text("ab c-3", min_size=1, max_size=12), min_size=1, max_size=6)


def title(name: str, number: int = 0, model: str = "") -> Title:
    return Title(f"t{number}", name, model, number, f"https://app.clickup.com/t/t{number}")


def best(name: str, *names: str) -> tuple[str, float]:
    match = find_similar(title(name), [title(second, n) for n, second in enumerate(names, 1)])
    return (match.title.name, match.share) if match else ("", 0.0)


@given(NAMES)
def test_a_share_is_between_0_and_1_and_of_the_same_words_1(names: list[str]) -> None:
    """In whatever order they stand."""
    _name, share = best(names[0], *names[1:])
    assert 0 <= share <= 1 + 1e-9
    if names[0].split():
        equal = " ".join(reversed(names[0].split()))
        name, share = best(names[0], equal)
        assert share == pytest.approx(1) if name else True


def test_rare_words_count_more_than_frequent_ones() -> None:
    """Every task is about latency; one is about chat-3."""
    tasks = ["Latency of search is up", "Latency of chat-3 is up", "Latency of ranker is up"]
    name, share = best("chat-3 latency", *tasks)
    assert name == "Latency of chat-3 is up" and share > 0.5


def test_one_word_in_common_is_no_similarity() -> None:
    """Else every rollout would be named after each other one."""
    assert best("Rollout of the ranker", "Rollout of chat-3") == ("", 0.0)
    assert best("Ranker", "Ranker")[1] == pytest.approx(1)


def test_the_same_model_counts_like_a_word() -> None:
    """Names of two words in other words."""
    tasks = [title("Latency too high", 1, "chat-3"), title("Latency too high", 2, "search")]
    match = find_similar(title("Slow latency answers", 0, "chat-3"), tasks)
    assert match is not None and match.title.id == "t1" and "model chat-3" in match.words


def test_of_equal_ones_the_oldest_and_never_itself() -> None:
    """The one that people work on already."""
    tasks = [title("Ranker latency", number) for number in (3, 2, 0)]
    match = find_similar(title("Ranker latency"), tasks)
    assert match is not None and match.title.id == "t2"

    words = [f"w{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    subjects = [title(" ".join(words[:count]), 9 + count) for count in range(1, len(words))]
    for count in range(2, len(words)):
        names = " ".join(words[:count]), " ".join(reversed(words[:count]))
        for first, second in (names, names[::-1]):
            match = find_similar(title(first), [title(first, 2), title(second, 1), *subjects])
            assert match is not None and match.title.id == "t1" and match.share <= 1


def test_the_comment_says_how_similar_and_why_and_names_make_no_markdown() -> None:
    """A name is text of somebody else."""
    match = find_similar(title("**Ranker** [latency](x)"), [title("**Ranker** [latency](x)", 1)])
    assert match is not None
    text = describe(match)
    assert "100%" in text and "latency" in text and "ranker" in text
    assert "[latency](x)" not in text
