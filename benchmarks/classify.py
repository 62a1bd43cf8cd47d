"""How good and how fast is the text classifier? `python benchmarks/classify.py FILE.jsonl`

FILE holds labelled lines (`id`, `title`, `body`, `workload`, `incident`, `hard`, `lang`). Quality
is told for two parts, by a hash of the id: `tune` (60 %: scores and errors were looked at) and
`last look` (40 %: no text of it was read in the last round).
Baseline: the answer `inference` for every text.
Speed: milliseconds to load, microseconds of CPU a task (the fastest of ROUNDS passes over all
lines, which is nearest to that of an idle core), for a bare title, a title with a body of 600
characters, and a text that is cut.
"""

import hashlib
import sys
import time
from math import log
from pathlib import Path

from clickup_mlops.routing.classifier.classify import Classifier, load
from clickup_mlops.routing.classifier.lines import BadLine, Line, read_lines
from clickup_mlops.routing.classifier.scores import Scores, evaluate

ROUNDS = 10
LEAST = 1e-4  # probabilities have four digits
LONG = (
    "Since the rollout on Tuesday the p99 latency of the chat endpoint went from 300 ms to 900 ms "
    "for long prompts. The KV cache is above 95 percent on all replicas and requests are "
    "preempted. We saw the same during the load test with the bigger context window. Please check "
    "whether the tensor parallel size or the batch limits were changed, look at the dashboards of "
    "the GPU nodes, compare the throughput with last week's release and roll back if the queue "
    "keeps growing. Owners: serving team. Customers in Europe report timeouts since 14:05. Next: "
    "raise the number of replicas. "
) * 50


def part(line: Line) -> str:
    """Which part a line belongs to."""
    look = int(hashlib.sha256(f"look {line.id}".encode()).hexdigest(), 16) % 10
    return "tune" if look < 6 else "last look"


def label(scores: Scores) -> str:
    """One row of the table."""
    inference, incident = scores.workloads["inference"], scores.incident
    return (
        f"{scores.lines:5}  F1 {scores.macro_f1:.3f}  hard {scores.hard or 0:.3f}"
        f"  not English {scores.not_english or 0:.3f}  other {scores.workloads['other'].f1:.3f}"
        f"  inference P {inference.precision:.3f} R {inference.recall:.3f}"
        f"  incident P {incident.precision:.3f} R {incident.recall:.3f} of {incident.lines}"
        f"  calibration error {scores.calibration_error:.3f}"
    )


def log_loss(lines: list[Line], classifier: Classifier) -> float:
    """Mean of -ln(probability of the right workload): low if errors are not confident."""
    scores = (
        classifier.classify(line.title, line.body).scores[str(line.workload)] for line in lines
    )
    return -sum(log(max(chance, LEAST)) for chance in scores) / len(lines)


def quality(lines: list[Line], classifier: Classifier) -> None:
    """Print the scores of each part."""
    parts = {"all": lines} | {
        name: [line for line in lines if part(line) == name] for name in ("tune", "last look")
    }
    for name, chosen in parts.items():
        loss = log_loss(chosen, classifier)
        print(f"{name:11}{label(evaluate(chosen, classifier))}  log loss {loss:.3f}")
    share = sum(line.workload == "inference" for line in lines) / len(lines)
    print(f"{'baseline':11}  F1 {2 * share / (1 + share) / 5:.3f}  (always inference)")


def speed(lines: list[Line], classifier: Classifier) -> None:
    """Print microseconds of CPU a task."""
    titles = [(line.title, "") for line in lines]
    texts = {
        "a line of FILE": [(line.title, line.body) for line in lines],
        "a bare title": titles,
        "with a body of 600 characters": [(line.title, LONG[:600]) for line in lines],
        "a long text": [(LONG, LONG)] * 100,
    }
    for name, pairs in texts.items():
        passes = []
        for _ in range(ROUNDS):
            start = time.thread_time()
            for title, body in pairs:
                classifier.classify(title, body)
            passes.append(time.thread_time() - start)
        print(f"{min(passes) / len(pairs) * 1e6:.0f} µs {name}")


def main() -> None:
    """Load, score, time."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with Path(sys.argv[1]).open(encoding="utf-8") as file:
        lines = [line for line in read_lines(file) if not isinstance(line, BadLine)]
    start = time.perf_counter()
    classifier = load()
    print(f"load {(time.perf_counter() - start) * 1000:.0f} ms")
    quality(lines, classifier)
    speed(lines, classifier)


if __name__ == "__main__":
    main()
