"""How good is the classifier on sets that it has not read? `python benchmarks/held_out.py FILE…`

Each FILE of labelled lines (JSON, as for `routing evaluate`) is held out in turn and scored twice:
by the shipped model, which was learned from the project's own corpus alone, and by one that has
learned the lines of the other files as a team's corrections. Printed are the figures with 95 %
intervals by bootstrap over lines (SAMPLES draws of a fixed seed).
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from clickup_mlops.routing.classifier.classify import Classifier, load
from clickup_mlops.routing.classifier.learn import Correction, learn
from clickup_mlops.routing.classifier.lines import Line, read_lines
from clickup_mlops.routing.classifier.scores import Scores, evaluate
from clickup_mlops.routing.router import CachedClassifier

SAMPLES, SEED = 400, 1
FIGURES: dict[str, Callable[[Scores], float]] = {
    "macro-F1": lambda scores: scores.macro_f1,
    "other F1": lambda scores: scores.workloads["other"].f1,
    "incident P": lambda scores: scores.incident.precision,
    "incident R": lambda scores: scores.incident.recall,
    "hard": lambda scores: scores.hard or 0.0,
    "not English": lambda scores: scores.not_english or 0.0,
    "ECE": lambda scores: scores.calibration_error,
    "incident ECE": lambda scores: scores.incident_calibration_error,
}


def score(lines: Sequence[Line], classifier: Classifier) -> list[str]:
    """Each figure with its interval."""
    cached = CachedClassifier(classifier)
    chance = Random(SEED)
    exact = evaluate(lines, cached)  # type: ignore[arg-type]
    draws = [
        evaluate(chance.choices(lines, k=len(lines)), cached)  # type: ignore[arg-type]
        for _ in range(SAMPLES)
    ]
    return [describe(read(exact), sorted(map(read, draws))) for read in FIGURES.values()]


def describe(value: float, draws: Sequence[float]) -> str:
    """The figure and what 95 % of the draws give."""
    low, high = draws[SAMPLES // 40], draws[-SAMPLES // 40 - 1]
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def learn_from(lines: Sequence[Line]) -> Classifier:
    """The shipped model with these lines learned as corrections."""
    rows = (Correction(x.title, x.body, str(x.workload), bool(x.incident)) for x in lines)
    return load(learned=learn(rows))


def main() -> None:
    """Print a row for each set and model."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sets = {Path(name).stem: _read(Path(name)) for name in sys.argv[1:]}
    shipped = load()
    print("| set | lines | model | " + " | ".join(FIGURES) + " |")
    print("| --- " * (3 + len(FIGURES)) + "|")
    for name, lines in sets.items():
        others = [line for other, of_other in sets.items() if other != name for line in of_other]
        models = {"shipped": shipped} | ({"others learned": learn_from(others)} if others else {})
        for model, classifier in models.items():
            print("| " + " | ".join([name, f"{len(lines)}", model, *score(lines, classifier)]), "|")


def _read(path: Path) -> list[Line]:
    with path.open(encoding="utf-8") as file:
        lines = [line for line in read_lines(file) if isinstance(line, Line)]
    return [line for line in lines if line.workload is not None]


if __name__ == "__main__":
    main()
