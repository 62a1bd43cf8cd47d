"""Builds `model.json` from the corpus and the lexicon: `python -m clickup_mlops.routing.train`."""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from clickup_mlops.routing.classify_features import features, read_task
from clickup_mlops.routing.classify_lexicon import Lexicon, shipped, term_files
from clickup_mlops.routing.classify_model import OUTCOMES, Linear, dump
from clickup_mlops.routing.train_corpus import Example, corpus_files, read_examples
from clickup_mlops.routing.train_descent import Item, Plan, fit

MODEL = Path(__file__).parent / "model.json"
PLAN = Plan()
TEMPERATURE = (
    1.6  # chosen on the development set, so that a probability of 0.8 is right 4 in 5 times
)
_CODE = (
    "classify_text.py",
    "classify_lexicon.py",
    "classify_features.py",
    "train.py",
    "train_descent.py",
)


def fingerprint() -> str:
    """Of everything the model is made from: corpus, lexicon and the code that reads them."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in (*corpus_files(), *term_files(), *(here / name for name in _CODE)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def train(examples: Sequence[Example], lexicon: Lexicon, plan: Plan = PLAN) -> Linear:
    """A model for the examples; each outcome's examples together count about the same."""
    model = fit(to_items(examples, lexicon), plan)
    model.temperature = TEMPERATURE
    return model


def to_items(examples: Iterable[Example], lexicon: Lexicon) -> list[Item]:
    """Examples as features, the rarer outcomes weighted up."""
    listed = list(examples)
    counts = Counter(example.outcome for example in listed)
    mean = len(listed) / max(1, len(counts))
    return [
        Item(
            features(read_task(example.title, example.body, lexicon)),
            OUTCOMES.index(example.outcome),
            (mean / counts[example.outcome]) ** 0.5,
        )
        for example in listed
    ]


def main() -> int:
    """Train and write the model."""
    examples = read_examples(corpus_files())
    model = train(examples, shipped())
    MODEL.write_bytes(dump(model, fingerprint()))
    size = MODEL.stat().st_size // 1024
    sys.stdout.write(
        f"{MODEL.name}: {len(examples)} examples, {len(model.weights)} features, {size} KiB\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
