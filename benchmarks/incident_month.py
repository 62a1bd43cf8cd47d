"""What errors about incidents cost in a month: `python benchmarks/incident_month.py FILE.jsonl…`

Simulated months of fixed seeds. A workspace gets TASKS a day, one in RATE a live incident, with the
labelled texts of FILE. Alerts, a breach or a second report may come with an incident, and seldom
with something else. A live incident wakes a person at once; a possible one is asked about in one
line and answered in some twenty minutes; one that is overlooked is noticed after ninety. Printed
are false wakes and questions a week, and the minutes to detection. The first month's answers teach
`routing learn`.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import exp, log
from pathlib import Path
from random import Random
from statistics import mean

from clickup_mlops.routing.classifier.classify import Classifier, load
from clickup_mlops.routing.classifier.learn import Correction, learn
from clickup_mlops.routing.classifier.lines import Line, read_lines
from clickup_mlops.routing.corroboration import (
    BREACH,
    DEPLOYMENT,
    FIRING_ALERT,
    OTHER_INCIDENT,
    Corroboration,
    support,
)
from clickup_mlops.routing.policy import Incident

SEEDS, DAYS, TASKS, RATE = range(30), 30, 60, 300
WAKE_MINUTES, ANSWER_MINUTES, OVERLOOKED_MINUTES = 3.0, 20.0, 90.0
# How often each comes with an incident, after how many minutes on average, and with other tasks.
SIGNALS = {
    FIRING_ALERT: (0.5, 8.0, 0.002),
    BREACH: (0.2, 5.0, 0.005),
    DEPLOYMENT: (0.3, 0.1, 0.03),
    OTHER_INCIDENT: (0.6, 20.0, 0.01),
}
ANSWERED = 0.8


@dataclass
class Report:
    """A task of the month, and when (in minutes) which support comes."""

    line: Line
    is_live: bool
    signals: list[tuple[float, Corroboration]]


@dataclass
class Tally:
    """What happened in the months of one way to decide."""

    false_wakes: int = 0
    questions: int = 0
    minutes: list[float] = field(default_factory=list)
    answers: list[Correction] = field(default_factory=list)

    def describe(self, weeks: float) -> str:
        """As one row of the table."""
        overlooked = sum(time >= OVERLOOKED_MINUTES for time in self.minutes)
        return (
            f"{self.false_wakes / weeks:5.2f} false wakes, {self.questions / weeks:5.1f} questions"
            f" a week, {mean(self.minutes):5.1f} minutes to detection,"
            f" {overlooked} of {len(self.minutes)} overlooked"
        )


def make_month(seed: int, lines: Sequence[Line]) -> list[Report]:
    """The reports of a month."""
    chance = Random(f"month {seed}")
    live, quiet = ([x for x in lines if bool(x.incident) is kind] for kind in (True, False))
    reports = []
    for _ in range(DAYS * TASKS):
        is_live = chance.random() < 1 / RATE
        signals = [
            (chance.expovariate(1 / delay), Corroboration("", odds))
            for odds, (with_incident, delay, without) in SIGNALS.items()
            if chance.random() < (with_incident if is_live else without)
        ]
        reports.append(Report(chance.choice(live if is_live else quiet), is_live, sorted(signals)))
    return reports


def decide(
    report: Report, confidence: float, bars: Incident, *, supported: bool, chance: Random
) -> tuple[float | None, bool]:
    """After how many minutes a person is woken (None: never), and whether one is asked."""
    if confidence >= bars.live_from:
        return WAKE_MINUTES, False
    if confidence < bars.possible:
        return None, False
    messages: list[Corroboration] = []
    answer = chance.expovariate(1 / ANSWER_MINUTES)
    for minutes, corroboration in report.signals if supported else ():
        messages.append(corroboration)
        if minutes < answer and support(confidence, messages) >= bars.live_from:
            return minutes + WAKE_MINUTES, minutes > 0
    return None, True


def play(
    lines: Sequence[Line], rate: "Rate", bars: Incident, *, supported: bool, seeds: Iterable[int]
) -> Tally:
    """What happens in the months of some seeds."""
    tally = Tally()
    for seed in seeds:
        chance = Random(f"people {seed}")
        for report in make_month(seed, lines):
            confidence = rate(report.line)
            woken, requests = decide(report, confidence, bars, supported=supported, chance=chance)
            tally.questions += requests
            tally.false_wakes += woken is not None and not report.is_live
            if report.is_live:
                noticed = chance.expovariate(1 / ANSWER_MINUTES) if requests else OVERLOOKED_MINUTES
                tally.minutes.append(
                    min(woken if woken is not None else noticed, OVERLOOKED_MINUTES)
                )
            if (requests or woken is not None) and chance.random() < ANSWERED:
                line = report.line
                tally.answers.append(Correction(line.title, line.body, "inference", report.is_live))
    return tally


class Rate:
    """The probability of an incident by a text alone."""

    def __init__(self, classifier: Classifier, shift: float = 0.0) -> None:
        self._classifier, self._shift = classifier, shift
        self._read = cache(self._classify)

    def __call__(self, line: Line) -> float:
        """Of one line."""
        return self._read(line.title, line.body)

    def _classify(self, title: str, body: str) -> float:
        read = self._classifier.classify(title, body)
        if read.workload != "inference" or not 0 < read.incident_confidence < 1:
            return 0.0 if read.workload != "inference" else read.incident_confidence
        odds = log(read.incident_confidence / (1 - read.incident_confidence)) + self._shift
        return 1 / (1 + exp(-odds))


def main() -> None:
    """Print the table."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    lines = [line for name in sys.argv[1:] for line in _read(Path(name))]
    classifier, weeks = load(), len(SEEDS) * DAYS / 7
    plain, usual = Rate(classifier), Incident()
    first = play(lines, plain, usual, supported=True, seeds=[1_000])
    shift = learn(first.answers)["incident_shift"]
    taught = Rate(classifier, shift)
    ways = {
        "threshold 0.6, text alone": (plain, Incident(threshold=0.6), False),
        "threshold 0.5, text alone": (plain, usual, False),
        "cost of a miss 1, with support": (plain, usual, True),
        "the same, after a month of answers": (taught, usual, True),
        "cost 4, after a month of answers": (taught, Incident(cost_of_miss=4), True),
        "cost 4, possible from 0.04, the same": (
            taught,
            Incident(cost_of_miss=4, possible=0.04),
            True,
        ),
        "cost 0.25, after a month of answers": (taught, Incident(cost_of_miss=0.25), True),
    }
    print(
        f"{len(SEEDS)} months of {DAYS * TASKS} tasks, 1 in {RATE} an incident; shift {shift:+.2f}"
    )
    for name, (rate, bars, supported) in ways.items():
        tally = play(lines, rate, bars, supported=supported, seeds=SEEDS)
        print(f"  {name:36} {tally.describe(weeks)}")


def _read(path: Path) -> list[Line]:
    with path.open(encoding="utf-8") as file:
        return [line for line in read_lines(file) if isinstance(line, Line)]


if __name__ == "__main__":
    main()
