"""The model's rows: as the file has them, and answers as from rows that are not packed."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.classify import DISPUTED, load
from clickup_mlops.routing.classifier.evidence import Surface
from clickup_mlops.routing.classifier.features import (
    Reading,
    extract_features,
    group_features,
    list_words,
    name_body_word,
    name_title_word,
    read_task,
)
from clickup_mlops.routing.classifier.lexicon import load_shipped
from clickup_mlops.routing.classifier.lines import Line, read_lines
from clickup_mlops.routing.classifier.model import (
    MODEL,
    OUTCOMES,
    WORKLOADS,
    Linear,
    add_rows,
    load_file,
    softmax,
)
from clickup_mlops.routing.classifier.training.examples import list_corpus_files, read_examples
from clickup_mlops.routing.classifier.weights import START, Packed

SETS = Path(__file__).parents[4] / "shared" / "routing-eval"


def test_rows_are_kept_as_the_file_has_them() -> None:
    """Without loss."""
    rows_in_file = orjson.loads(MODEL.read_bytes())["weights"]
    assert dict(load_file(MODEL)[0].weights) == rows_in_file


def test_a_row_that_lacks_a_number_is_found(tmp_path: Path) -> None:
    """Else all rows after it would be read one number too early."""
    broken = tmp_path / "model.json"
    head, start, rows = MODEL.read_bytes().partition(START)
    broken.write_bytes(head + start + re.sub(rb":\[-?\d+,", b":[", rows, count=1))

    with pytest.raises(ContentError, match="not every row has 6 numbers"):
        load_file(broken)


def read_texts() -> Iterator[tuple[str, str]]:
    """Some of the corpus, in all its languages, and the development sets where they are."""
    for number, example in enumerate(read_examples(list_corpus_files())):
        if number % 150 == 0:
            yield example.title, example.body
    for file in SETS.glob("dev*.jsonl"):
        for line in read_lines(file.read_text(encoding="utf-8").splitlines()[::3]):
            if isinstance(line, Line):
                yield line.title, line.body


def test_packed_rows_give_the_answers_of_the_plain_model() -> None:
    """The same four digits of each probability, and the words that speak most for it. Only words
    of equal weight may change places.
    """
    model, _ = load_file(MODEL)
    plain, classifier = dict(model.weights), load()
    for title, body in read_texts():
        reading = read_task(title, body, load_shipped())
        features = extract_features(reading)
        chances = softmax(Linear(plain, model.bias, scale=model.scale).scores(features))
        result = classifier.classify(title, body)
        agreed = [(1 - DISPUTED) * chance for chance in chances]
        expected = dict(zip(OUTCOMES, agreed, strict=True))
        assert result.incident_confidence == pytest.approx(expected["incident"], abs=6e-5)
        expected["inference"] += expected.pop("incident")
        share = DISPUTED / len(WORKLOADS)
        assert result.scores == pytest.approx(
            {name: chance + share for name, chance in expected.items()}, abs=6e-5
        )
        outcome = OUTCOMES.index("incident" if result.incident else result.workload)
        assert_strongest_first(result.evidence, reading, plain, outcome)


def assert_strongest_first(
    evidence: Sequence[str],
    reading: Reading,
    rows: Mapping[str, Sequence[float]],
    outcome: int,
) -> None:
    surface = Surface(reading)
    strengths: dict[str, float] = {}
    for name, strength in measure_strengths(reading, rows, outcome).items():
        words = surface.find(name)
        strengths[words] = max(strength, strengths.get(words, 0.0))
    ranked = [strengths[words] for words in evidence]
    assert ranked == pytest.approx(sorted(ranked, reverse=True))
    if evidence:
        strengths.pop("", None)
        assert ranked[0] == pytest.approx(max(strengths.values()))


def measure_strengths(
    reading: Reading, rows: Mapping[str, Sequence[float]], outcome: int
) -> dict[str, float]:
    """How far each word, and each feature that is no word's, lifts an outcome above the mean."""

    def lead(names: Iterable[str]) -> float:
        known_rows = [rows[name] for name in names if name in rows]
        return sum(row[outcome] - sum(row) / len(row) for row in known_rows)

    strengths: Counter[str] = Counter()
    for field, name_word in zip(
        list_words(reading), (name_title_word, name_body_word), strict=True
    ):
        for word in field.words:
            strengths[word] += field.value * max(0.0, lead(name_word(word)))
        for name in field.names:
            strengths[name] += field.value * max(0.0, lead([name]))
    for names, value in group_features(reading):
        for name in names:
            strengths[name] += value * max(0.0, lead([name]))
    return strengths


@given(st.lists(st.lists(st.integers(-4_000, 4_000), min_size=6, max_size=6), max_size=170))
def test_packed_rows_are_added_as_rows_are(rows: list[list[int]]) -> None:
    """Whatever their numbers, up to the largest ones."""
    names = [f"w:{number}" for number in range(len(rows))]
    packed = Packed([dict(zip(names, rows, strict=True))])
    assert [packed[name] for name in names] == rows
    sums = [sum(column) for column in zip(*rows, strict=True)] or [0] * 6
    mean = sum(sums) / 6
    result = packed.get_packed([*names, "unknown"])
    assert packed.add(result) == pytest.approx([number - mean for number in sums])


@given(st.lists(st.lists(st.integers(-4_000, 4_000), min_size=6, max_size=6), max_size=40))
def test_rows_added_beforehand_count_as_each_of_them(rows: list[list[int]]) -> None:
    """The rows of one word are added once and kept; unknown names add nothing."""
    names = [f"l:{number}" for number in range(len(rows))]
    packed = Packed([dict(zip(names, rows, strict=True))])
    half = len(names) // 2
    parts = [packed.combine([*names[:half], "unknown"]), packed.combine(names[half:])]
    assert packed.add(parts) == packed.add(packed.get_packed(names))


def test_a_packed_row_takes_48_bytes() -> None:
    """One digit more and each would take 64: a MiB for the rows of the model."""
    rows = load_file(MODEL)[0].pack().get_packed(load_file(MODEL)[0].weights)
    assert max(map(sys.getsizeof, rows)) <= 48


def test_a_number_too_large_for_a_packed_row_is_cut() -> None:
    """Of learned corrections, however many: the rows beside it stay as they are."""
    model = add_rows(load_file(MODEL)[0], {"w:no such word": [1e9, -1e9, 0.0, 0.0, 0.0, 0.5]})
    assert model.weights["w:no such word"] == [4_000, -4_000, 0, 0, 0, 50]
