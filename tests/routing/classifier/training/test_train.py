"""The shipped model is the one that corpus and lexicon make, and the corpus is in order."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.lexicon import Lexicon, list_term_files, read_concepts
from clickup_mlops.routing.classifier.model import MODEL, WORKLOADS, dump, load_file
from clickup_mlops.routing.classifier.text import tokenize
from clickup_mlops.routing.classifier.training.examples import list_corpus_files, read_examples
from clickup_mlops.routing.classifier.training.patterns import list_pattern_files, read_patterns
from clickup_mlops.routing.classifier.training.train import compute_fingerprint, train


def test_the_shipped_model_is_not_stale() -> None:
    _, inputs = load_file(MODEL)
    assert inputs == compute_fingerprint(), (
        "run: python -m clickup_mlops.routing.classifier.training.train"
    )


PART = """
import sys
from tests.routing.classifier.training.test_train import trained_on_a_part
sys.stdout.buffer.write(trained_on_a_part())
"""


def trained_on_a_part() -> bytes:
    examples, patterns = (
        read_examples(list_corpus_files())[::16],
        read_patterns(list_pattern_files())[::16],
    )
    return dump(train(examples, patterns, read_concepts(list_term_files())), "")


def test_training_again_gives_the_same_file() -> None:
    """In another process, from a part; of the whole, the fingerprint tells whether it changed."""
    root = Path(__file__).parents[4]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONHASHSEED": "77"}
    other_process = subprocess.run(
        [sys.executable, "-c", PART], env=environment, cwd=root, capture_output=True, check=True
    )
    assert trained_on_a_part() == other_process.stdout


def test_every_workload_has_enough_examples() -> None:
    examples = read_examples(list_corpus_files())
    counts = Counter(example.workload for example in examples)
    assert min(counts[name] for name in WORKLOADS) >= 500
    assert sum(example.incident for example in examples) >= 200


def test_no_text_is_filed_under_two_workloads() -> None:
    outcome_by_text: dict[tuple[str, str], str] = {}
    for example in read_examples(list_corpus_files()) + read_patterns(list_pattern_files()):
        text = (example.title.casefold(), example.body.casefold())
        assert outcome_by_text.setdefault(text, example.outcome) == example.outcome, text


@pytest.mark.parametrize("spelling", ["kv-cache", "kv_cache", "KVCache", "KV Cache", "kv caches"])
def test_spellings_of_a_term_are_one(spelling: str) -> None:
    assert "decode_internals" in Lexicon(read_concepts(list_term_files())).find(
        tokenize(spelling, 100)
    )


def test_a_longer_term_hides_the_shorter_ones_inside() -> None:
    places = Lexicon(read_concepts(list_term_files())).find(
        tokenize("type inference in the compiler", 100)
    )
    assert "lookalike" in places
    assert "inference_word" not in places


def test_a_concept_without_terms_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "lexicon_x.toml"
    wrong.write_text("[gpu]\nterms = []\n", encoding="utf-8")
    with pytest.raises(ContentError, match="gpu"):
        read_concepts([wrong])
