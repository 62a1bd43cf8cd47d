"""Builds `model.json` from the corpus and the lexicon.

Run it with `python -m clickup_mlops.routing.classifier.training.train`.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from clickup_mlops.routing.classifier.features import features, read_task
from clickup_mlops.routing.classifier.lexicon import Concept, Lexicon, read_concepts, term_files
from clickup_mlops.routing.classifier.model import MODEL, OUTCOMES, Linear, dump
from clickup_mlops.routing.classifier.training.descent import Item, Plan, fit
from clickup_mlops.routing.classifier.training.examples import Example, corpus_files, read_examples
from clickup_mlops.routing.classifier.training.patterns import pattern_files, read_patterns

PLAN = Plan(rounds=6, rate=0.15, decay=3e-3)
RARE_COUNTS_MORE = 0.25  # 0: each example counts the same; 1: each outcome counts the same
PART = 0.4  # how much an example counts by its concepts, or its words, alone
TITLE = 0.4  # how much an example with a body counts again by its title alone
TERM = 0.8  # how much a term of the lexicon counts
PATTERN = 0.5  # how much a line made by a pattern counts
HARD = 1.5  # how much a line counts whose words point elsewhere
TEMPERATURE = 1.0  # of answers given 0.8, about 4 in 5 are right
_CODE = (
    "../text.py",
    "../lexicon.py",
    "../features.py",
    "train.py",
    "descent.py",
    "patterns.py",
)


def fingerprint() -> str:
    """Of everything the model is made from: corpus, lexicon and the code that reads them."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    code = (here / name for name in _CODE)
    for path in (*corpus_files(), *pattern_files(), *term_files(), *code):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def train(
    examples: Sequence[Example], patterns: Sequence[Example], concepts: Sequence[Concept]
) -> Linear:
    """A model for examples, lines made by patterns, and terms that speak for a workload."""
    lexicon = Lexicon(concepts)
    titles = [replace(each, body="") for each in examples if each.body]
    items = [
        *_from_examples(examples, lexicon),
        *_from_examples(titles, lexicon, TITLE),
        *_from_examples(patterns, lexicon, PATTERN),
        *_from_terms(concepts, lexicon),
    ]
    model = fit(items, PLAN)
    model.temperature = TEMPERATURE
    return model


def _from_examples(
    examples: Sequence[Example], lexicon: Lexicon, share: float = 1.0
) -> Iterable[Item]:
    counts = Counter(example.outcome for example in examples)
    mean = len(examples) / max(1, len(counts))
    for each in examples:
        values = features(read_task(each.title, each.body, lexicon))
        weight = share * (mean / counts[each.outcome]) ** RARE_COUNTS_MORE
        weight *= HARD if each.hard else 1.0
        yield from _views(values, OUTCOMES.index(each.outcome), weight)


def _views(values: dict[str, float], outcome: int, weight: float) -> Iterable[Item]:
    """The example whole, by its concepts alone and by its words alone.

    Each part must learn to tell the outcome without the other: a text with words never seen
    still has concepts, and one without a known concept still has words.
    """
    ideas = {name: 1.5 * value for name, value in values.items() if "#" in name[:2]}
    words = {name: 1.2 * value for name, value in values.items() if "#" not in name[:2]}
    yield Item(values, outcome, weight)
    yield Item(ideas, outcome, PART * weight)
    yield Item(words, outcome, PART * weight)


def _from_terms(concepts: Iterable[Concept], lexicon: Lexicon) -> Iterable[Item]:
    for concept in concepts:
        for term in concept.terms if concept.speaks_for else ():
            values = features(read_task(term.replace("*", ""), "", lexicon))
            yield Item(values, OUTCOMES.index(concept.speaks_for), TERM)


def main() -> int:
    """Train and write the model."""
    examples, patterns = read_examples(corpus_files()), read_patterns(pattern_files())
    model = train(examples, patterns, read_concepts(term_files()))
    MODEL.write_bytes(dump(model, fingerprint()))
    size = MODEL.stat().st_size // 1024
    sys.stdout.write(
        f"{MODEL.name}: {len(examples)} examples, {len(patterns)} made by patterns, "
        f"{len(model.weights)} features, {size} KiB\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
