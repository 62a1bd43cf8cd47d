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
    bins of confidence, `incident_calibration_error` the same of the probability of an incident and
    the share of incidents; `answered` the share of lines without abstaining, `accuracy_answered`
    the accuracy on those.
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
    incident_calibration_error: float
    answered: float
    accuracy_answered: float | None

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Pair:
    line: Line
    result: Classification

    @property
    def is_right(self) -> bool:
        return self.line.workload == self.result.workload


def evaluate(lines: Sequence[Line], classifier: Classifier) -> Scores:
    """Scores on lines that say their workload; `incident` counts as false where not said.

    Raises:
        InputError: no line says its workload.
    """
    labelled = [line for line in lines if line.workload is not None]
    if not labelled:
        raise InputError("no line has a workload", hint="Add `workload` to the lines to evaluate.")
    pairs = [_Pair(line, classifier.classify(line.title, line.body)) for line in labelled]
    rates = {name: _rate_workload(pairs, name) for name in WORKLOADS}
    present = [rate.f1 for rate in rates.values() if rate.lines]
    answered = [pair for pair in pairs if not pair.result.abstain]
    return Scores(
        lines=len(pairs),
        macro_f1=sum(present) / len(present),
        accuracy=_compute_share(pairs) or 0.0,
        workloads=rates,
        incident=_compute_rate([(bool(p.line.incident), p.result.incident) for p in pairs]),
        incident_at={f"{bar:.2f}": _rate_incidents(pairs, bar) for bar in THRESHOLDS},
        hard=_compute_share_where(pairs, lambda line: line.hard),
        title_only=_compute_share_where(pairs, lambda line: not line.body.strip()),
        not_english=_compute_share_where(pairs, lambda line: line.lang not in ("", "en")),
        calibration_error=_compute_calibration_error(
            [(pair.result.confidence, pair.is_right) for pair in pairs]
        ),
        incident_calibration_error=_compute_calibration_error(
            [(pair.result.incident_confidence, bool(pair.line.incident)) for pair in pairs]
        ),
        answered=len(answered) / len(pairs),
        accuracy_answered=_compute_share(answered),
    )


def _rate_workload(pairs: Sequence[_Pair], name: str) -> Rate:
    return _compute_rate(
        [(pair.line.workload == name, pair.result.workload == name) for pair in pairs]
    )


def _rate_incidents(pairs: Sequence[_Pair], bar: float) -> Rate:
    """As routing decides at this threshold, where the text alone tells the workload."""
    predicted = (
        p.result.workload == "inference" and p.result.incident_confidence >= bar for p in pairs
    )
    return _compute_rate(
        [
            (bool(p.line.incident), is_predicted)
            for p, is_predicted in zip(pairs, predicted, strict=True)
        ]
    )


def _compute_rate(truths: Sequence[tuple[bool, bool]]) -> Rate:
    hits = sum(is_labelled and is_predicted for is_labelled, is_predicted in truths)
    predicted, labelled = (
        sum(predicted for _, predicted in truths),
        sum(labelled for labelled, _ in truths),
    )
    precision, recall = hits / predicted if predicted else 0.0, hits / labelled if labelled else 0.0
    return Rate(
        precision,
        recall,
        2 * hits / (predicted + labelled) if predicted + labelled else 0.0,
        labelled,
    )


def _compute_share(pairs: Sequence[_Pair]) -> float | None:
    return sum(pair.is_right for pair in pairs) / len(pairs) if pairs else None


def _compute_share_where(
    pairs: Sequence[_Pair], is_counted: Callable[[Line], bool]
) -> float | None:
    return _compute_share([pair for pair in pairs if is_counted(pair.line)])


def _compute_calibration_error(truths: Sequence[tuple[float, bool]]) -> float:
    gaps = [0.0] * _BINS
    for said, is_true in truths:
        gaps[min(int(said * _BINS), _BINS - 1)] += said - is_true
    return sum(map(abs, gaps)) / len(truths)
