"""How good the classifier is on labelled lines."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from clickup_mlops.errors import InputError
from clickup_mlops.routing.classifier.classify import Classification, Classifier
from clickup_mlops.routing.classifier.lines import Line
from clickup_mlops.routing.classifier.model import WORKLOADS

_BINS = 10
THRESHOLDS = tuple(step / 20 for step in range(1, 20))


@dataclass(frozen=True, slots=True)
class Rate:
    """Precision, recall and F1 of one label, and how many lines have it."""

    precision: float
    recall: float
    f1: float
    lines: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything that `routing evaluate` prints. Shares are 0 to 1, None where no line counts.

    `incident_at` holds the rates of incidents at each of `THRESHOLDS`, by "0.05" to "0.95".
    `calibration_error` is the mean distance of confidence and share of right answers, over ten
    bins of confidence; `answered` the share of lines without abstaining, `accuracy_answered` the
    accuracy on those.
    """

    lines: int
    macro_f1: float
    accuracy: float
    workloads: dict[str, Rate]
    incident: Rate
    incident_at: dict[str, Rate]
    hard: float | None
    title_only: float | None
    not_english: float | None
    calibration_error: float
    answered: float
    accuracy_answered: float | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Pair:
    line: Line
    found: Classification

    @property
    def right(self) -> bool:
        return self.line.workload == self.found.workload


def evaluate(lines: Sequence[Line], classifier: Classifier) -> Scores:
    """Scores on lines that say their workload; `incident` counts as false where not said.

    Raises:
        InputError: no line says its workload.
    """
    labelled = [line for line in lines if line.workload is not None]
    if not labelled:
        raise InputError("no line has a workload", hint="Add `workload` to the lines to evaluate.")
    pairs = [_Pair(line, classifier.classify(line.title, line.body)) for line in labelled]
    rates = {name: _workload_rate(pairs, name) for name in WORKLOADS}
    present = [rate.f1 for rate in rates.values() if rate.lines]
    answered = [pair for pair in pairs if not pair.found.abstain]
    return Scores(
        lines=len(pairs),
        macro_f1=sum(present) / len(present),
        accuracy=_share(pairs) or 0.0,
        workloads=rates,
        incident=_rate([(bool(p.line.incident), p.found.incident) for p in pairs]),
        incident_at={f"{bar:.2f}": _incident_rate(pairs, bar) for bar in THRESHOLDS},
        hard=_share_where(pairs, lambda line: line.hard),
        title_only=_share_where(pairs, lambda line: not line.body.strip()),
        not_english=_share_where(pairs, lambda line: line.lang not in ("", "en")),
        calibration_error=_calibration_error(pairs),
        answered=len(answered) / len(pairs),
        accuracy_answered=_share(answered),
    )


def _workload_rate(pairs: Sequence[_Pair], name: str) -> Rate:
    return _rate([(pair.line.workload == name, pair.found.workload == name) for pair in pairs])


def _incident_rate(pairs: Sequence[_Pair], bar: float) -> Rate:
    """As routing decides at this threshold, where the text alone tells the workload."""
    said = (p.found.workload == "inference" and p.found.incident_confidence >= bar for p in pairs)
    return _rate([(bool(p.line.incident), one) for p, one in zip(pairs, said, strict=True)])


def _rate(truths: Sequence[tuple[bool, bool]]) -> Rate:
    hits = sum(true and said for true, said in truths)
    said, true = sum(said for _, said in truths), sum(true for true, _ in truths)
    precision, recall = hits / said if said else 0.0, hits / true if true else 0.0
    return Rate(precision, recall, 2 * hits / (said + true) if said + true else 0.0, true)


def _share(pairs: Sequence[_Pair]) -> float | None:
    return sum(pair.right for pair in pairs) / len(pairs) if pairs else None


def _share_where(pairs: Sequence[_Pair], wanted: Callable[[Line], bool]) -> float | None:
    return _share([pair for pair in pairs if wanted(pair.line)])


def _calibration_error(pairs: Sequence[_Pair]) -> float:
    bins: list[list[_Pair]] = [[] for _ in range(_BINS)]
    for pair in pairs:
        bins[min(int(pair.found.confidence * _BINS), _BINS - 1)].append(pair)
    return sum(
        abs(sum(p.found.confidence for p in each) - sum(p.right for p in each)) for each in bins
    ) / len(pairs)
