"""The model's rows: as the file has them, and each feature of a text looked up once."""

import re
from collections import Counter
from pathlib import Path

import orjson
import pytest

from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.classify import Classifier, load
from clickup_mlops.routing.classifier.lexicon import load_shipped
from clickup_mlops.routing.classifier.model import MODEL, Linear, load_file
from clickup_mlops.routing.classifier.weights import START


class Counted(dict[str, list[float]]):
    """Rows that count how often each is asked for."""

    def __init__(self, rows: dict[str, list[float]]) -> None:
        super().__init__(rows)
        self.asked: Counter[str] = Counter()

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
        self.asked[name] += 1
        return super().get(name, default)  # type: ignore[arg-type]


def test_rows_are_kept_as_the_file_has_them() -> None:
    """In 16 bits, without loss."""
    rows_in_file = orjson.loads(MODEL.read_bytes())["weights"]
    assert dict(load_file(MODEL)[0].weights) == rows_in_file


def test_a_row_that_lacks_a_number_is_found(tmp_path: Path) -> None:
    """Else all rows after it would be read one number too early."""
    broken = tmp_path / "model.json"
    head, start, rows = MODEL.read_bytes().partition(START)
    broken.write_bytes(head + start + re.sub(rb":\[-?\d+,", b":[", rows, count=1))

    with pytest.raises(ContentError, match="not every row has 6 numbers"):
        load_file(broken)


def test_each_feature_of_a_text_is_looked_up_once() -> None:
    shipped_model, _ = load_file(MODEL)
    rows = Counted(dict(shipped_model.weights))
    classifier = Classifier(
        Linear(rows, shipped_model.bias, 1.0, shipped_model.scale), load_shipped()
    )
    text = ("vLLM is slow for all users", "p99 doubled since the rollout")
    assert classifier.classify(*text) == load().classify(*text)
    assert set(rows.asked.values()) == {1}
