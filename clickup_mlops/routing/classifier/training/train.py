"""Builds `model.json` from the corpus and the lexicon.

Run it with `python -m clickup_mlops.routing.classifier.training.train`.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from clickup_mlops.routing.classifier.features import (
    LETTERS,
    Reading,
    extract_features,
    measure_loudness,
    read_task,
)
from clickup_mlops.routing.classifier.lexicon import (
    Concept,
    Lexicon,
    list_term_files,
    read_concepts,
)
from clickup_mlops.routing.classifier.model import MODEL, OUTCOMES, Linear, dump
from clickup_mlops.routing.classifier.training.descent import Item, Plan, fit
from clickup_mlops.routing.classifier.training.examples import (
    Example,
    list_corpus_files,
    read_examples,
)
from clickup_mlops.routing.classifier.training.patterns import list_pattern_files, read_patterns

PLAN = Plan(rounds=6, rate=0.15, decay=3e-3)
LETTERS_PLAN = replace(PLAN, rare=5)
WORDS_SHARE, LETTERS_SHARE = 0.85, 0.45  # of the two models' scores
RARE_COUNTS_MORE = 0.25  # 0: each example counts the same; 1: each outcome counts the same
PART = 0.4  # how much an example counts by its concepts, or its words, alone
TITLE = 0.4  # how much an example with a body counts again by its title alone
TERM = 0.8  # how much a term of the lexicon counts
PATTERN = 0.5  # how much a line made by a pattern counts
HARD = 1.5  # how much a line counts whose words point elsewhere
TEMPERATURE = 1.0  # of answers given 0.8, about 4 in 5 are right
_CODE = (
    "../text.py",
    "../chinese.py",
    "../lexicon.py",
    "../features.py",
    "train.py",
    "descent.py",
    "patterns.py",
)


def compute_fingerprint() -> str:
    """Of everything the model is made from: corpus, lexicon and the code that reads them."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    code = (folder / name for name in _CODE)
    for path in (*list_corpus_files(), *list_pattern_files(), *list_term_files(), *code):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def train(
    examples: Sequence[Example], patterns: Sequence[Example], concepts: Sequence[Concept]
) -> Linear:
    """A model for examples, lines made by patterns, and terms that speak for a workload.

    Letters are learned apart from words and concepts, and both models added. Together, the
    concepts would leave nothing to explain, and a text of words never seen has little but letters.
    """
    lexicon = Lexicon(concepts)
    titles = [replace(example, body="") for example in examples if example.body]
    items = [
        *_build_items(examples, lexicon),
        *_build_items(titles, lexicon, TITLE),
        *_build_items(patterns, lexicon, PATTERN),
    ]
    views = [view for item in items for view in _views(item)]
    words = fit([*views, *_build_term_items(concepts, lexicon)], PLAN)
    letters = fit([_select_part(item, _is_letters) for item in items], LETTERS_PLAN)
    model = _add_models(words, letters)
    model.temperature = TEMPERATURE
    return model


def _build_items(
    examples: Sequence[Example], lexicon: Lexicon, share: float = 1.0
) -> Iterable[Item]:
    counts = Counter(example.outcome for example in examples)
    mean = len(examples) / max(1, len(counts))
    for example in examples:
        weight = share * (mean / counts[example.outcome]) ** RARE_COUNTS_MORE
        weight *= HARD if example.hard else 1.0
        values = _extract_loud(read_task(example.title, example.body, lexicon))
        yield Item(values, OUTCOMES.index(example.outcome), weight)


def _extract_loud(reading: Reading) -> dict[str, float]:
    return {
        name: value * measure_loudness(name) for name, value in extract_features(reading).items()
    }


def _views(item: Item) -> Iterable[Item]:
    """The example whole, by its concepts alone and by its words alone.

    Each part must learn to tell the outcome without the other: a text with words never seen
    still has concepts, and one without a known concept still has words.
    """
    without_letters = _select_part(item, lambda name: not _is_letters(name))
    yield without_letters
    yield _select_part(without_letters, _is_concept, 1.5, PART)
    yield _select_part(without_letters, lambda name: not _is_concept(name), 1.2, PART)


def _select_part(
    item: Item, is_wanted: Callable[[str], bool], louder: float = 1.0, share: float = 1.0
) -> Item:
    values = {name: louder * value for name, value in item.values.items() if is_wanted(name)}
    return Item(values, item.outcome, share * item.weight)


def _is_letters(name: str) -> bool:
    return name.startswith(LETTERS)


def _is_concept(name: str) -> bool:
    return "#" in name[:2]


def _add_models(words: Linear, letters: Linear) -> Linear:
    shares = ((words, WORDS_SHARE), (letters, LETTERS_SHARE))
    rows = {
        name: [share * measure_loudness(name) * number for number in row]
        for model, share in shares
        for name, row in model.weights.items()
    }
    bias = [sum(share * model.bias[k] for model, share in shares) for k in range(len(OUTCOMES))]
    return Linear(rows, bias)


def _build_term_items(concepts: Iterable[Concept], lexicon: Lexicon) -> Iterable[Item]:
    for concept in concepts:
        for term in concept.terms if concept.speaks_for else ():
            values = _extract_loud(read_task(term.replace("*", ""), "", lexicon))
            item = Item(values, OUTCOMES.index(concept.speaks_for), TERM)
            yield _select_part(item, lambda name: not _is_letters(name))


def main() -> int:
    """Train and write the model."""
    examples, patterns = read_examples(list_corpus_files()), read_patterns(list_pattern_files())
    model = train(examples, patterns, read_concepts(list_term_files()))
    MODEL.write_bytes(dump(model, compute_fingerprint()))
    size = MODEL.stat().st_size // 1024
    sys.stdout.write(
        f"{MODEL.name}: {len(examples)} examples, {len(patterns)} made by patterns, "
        f"{len(model.weights)} features, {size} KiB\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
