"""Patterns: few words make many examples, always the same ones."""

from pathlib import Path

import pytest

from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.training.patterns import read_patterns

GOOD = """
[slots]
model = ["alpha", "beta {size}"]
size = ["big", "small"]

[titles]
live = ["{x} is down", "Errors on {x}"]

[bodies]
live = ["", "We look at {size} ones."]

[[patterns]]
workload = "inference"
incident = true
subjects = ["model"]
titles = "live"
bodies = "live"
count = COUNT
"""


def expand_patterns(folder: Path, text: str = GOOD, count: int = 7) -> list[str]:
    path = folder / "x.toml"
    path.write_text(text.replace("COUNT", str(count)), encoding="utf-8")
    return [f"{example.title}: {example.body}" for example in read_patterns([path])]


def test_every_slot_is_filled_and_no_line_comes_twice(tmp_path: Path) -> None:
    lines = expand_patterns(tmp_path)
    assert len(set(lines)) == len(lines) == 7
    assert not any("{" in line for line in lines)
    assert all(line[0].isupper() for line in lines)


def test_the_same_file_makes_the_same_lines(tmp_path: Path) -> None:
    assert expand_patterns(tmp_path) == expand_patterns(tmp_path)


def test_there_are_no_more_lines_than_words_allow(tmp_path: Path) -> None:
    assert len(expand_patterns(tmp_path, count=500)) == 2 * 3 * 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('workload = "inference"', 'workload = "gpu"', "gpu"),
        ('workload = "inference"', "", "workload"),
        ('titles = "live"', 'titles = "dead"', "dead"),
        ("{x} is down", "{y} is down", "y"),
        ("count = COUNT", 'count = "many"', "many"),
    ],
)
def test_a_wrong_pattern_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ContentError, match=message) as caught:
        expand_patterns(tmp_path, GOOD.replace(old, new))
    assert "pattern 1" in str(caught.value)
