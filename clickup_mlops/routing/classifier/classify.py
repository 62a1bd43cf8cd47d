"""Text of a task -> which kind of work it is, how sure, because of which words.

    classifier = load()
    classifier.classify("p99 latency doubled after the vLLM rollout", "")

Pure Python, deterministic, well under a millisecond a task. `train.py` makes the model.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from clickup_mlops.routing.classifier.evidence import Group, find_evidence
from clickup_mlops.routing.classifier.features import (
    Reading,
    group_features,
    list_words,
    name_body_word,
    name_title_word,
    read_task,
)
from clickup_mlops.routing.classifier.incident import POSSIBLE, THRESHOLD, is_plan
from clickup_mlops.routing.classifier.lexicon import Lexicon, load_shipped
from clickup_mlops.routing.classifier.model import (
    INCIDENT,
    MODEL,
    OUTCOMES,
    WORKLOADS,
    Linear,
    add_rows,
    load_file,
)

__all__ = ["MODEL", "Classification", "Classifier", "load"]

ABSTAIN_BELOW = 0.4
_ROWS_KEPT = 8_000
"""Words whose rows are kept added up: most of a text's words are those of the texts before it."""
DISPUTED = 0.02
"""Share of texts on whose workload two readers differ: no answer is surer than that leaves."""
_LEAST = 0.05
"""Share of the scores that must be left without the incident for them to say anything."""


@dataclass(frozen=True, slots=True)
class Classification:
    """What the text says. Probabilities are 0 to 1 and calibrated.

    `incident` goes by the shipped threshold; routing compares `incident_confidence` with its own.
    """

    workload: str
    confidence: float
    abstain: bool
    incident: bool
    incident_confidence: float
    evidence: tuple[str, ...]
    runner_up: str
    scores: Mapping[str, float]

    def without_incident(self) -> Self:
        """The same for a text that reports no incident, whatever it sounds like.

        An incident's probability is part of the score of inference: the scores are those of the
        other outcomes, scaled up to the same sum. If hardly anything is left, they stay.
        """
        live, total = self.incident_confidence, sum(self.scores.values())
        if live == 0 or total - live < _LEAST:
            return replace(self, incident=False, incident_confidence=0.0)
        scale = total / (total - live)
        parts = {name: score - live * (name == "inference") for name, score in self.scores.items()}
        scores = {name: round(max(0.0, score) * scale, 4) for name, score in parts.items()}
        best, second = sorted(scores, key=lambda name: -scores[name])[:2]
        return replace(
            self,
            workload=best,
            confidence=scores[best],
            abstain=_is_unclear(scores[best], self.evidence),
            incident=False,
            incident_confidence=0.0,
            runner_up=second,
            scores=scores,
        )


def _is_unclear(score: float, evidence: Sequence[str]) -> bool:
    """Without a word that says something, the score is only how frequent the workload is."""
    return score < ABSTAIN_BELOW or not evidence


class Classifier:
    """Reads task texts. Make one with `load`; safe to share between threads."""

    def __init__(self, model: Linear, lexicon: Lexicon) -> None:
        self._model, self._rows = model, model.pack()
        self._lexicon = lexicon
        self._row_of_word = (
            lru_cache(_ROWS_KEPT)(lambda word: self._rows.combine(name_title_word(word))),
            lru_cache(_ROWS_KEPT)(lambda word: self._rows.combine(name_body_word(word))),
        )

    def classify(self, title: str, body: str) -> Classification:
        """The kind of work of one task."""
        reading = read_task(title, body, self._lexicon)
        groups = [*self._find_rows(reading)]
        sums = ((self._rows.add(group.packed), group.value) for group in groups)
        chances = self._model.to_probabilities(self._model.add_up(sums))
        scores, live = _sum_by_workload(chances)
        best, second = sorted(WORKLOADS, key=lambda name: -scores[name])[:2]
        incident = best == "inference" and live >= THRESHOLD
        outcome = OUTCOMES.index(INCIDENT if incident else best)
        evidence = find_evidence(groups, reading, self._rows, outcome)
        result = Classification(
            workload=best,
            confidence=round(scores[best], 4),
            abstain=not incident and _is_unclear(scores[best], evidence),
            incident=incident,
            incident_confidence=round(live, 4),
            evidence=evidence,
            runner_up=second,
            scores={name: round(scores[name], 4) for name in WORKLOADS},
        )
        ideas = reading.title_ideas | reading.body_ideas
        # What is around the task may raise what is below the bar.
        if live < POSSIBLE / 3 or not is_plan(title, ideas, live) or not self._is_harmless(body):
            return result
        return result.without_incident()

    def _is_harmless(self, body: str) -> bool:
        """Whether what stands below a plan reports no incident by itself."""
        return not body or self.classify("", body).incident_confidence < POSSIBLE

    def _find_rows(self, reading: Reading) -> Iterator[Group]:
        for field, row_of_word in zip(list_words(reading), self._row_of_word, strict=True):
            yield Group(field.words, field.value, [*map(row_of_word, field.words)])
            yield Group(field.names, field.value, self._rows.get_packed(field.names))
        for names, value in group_features(reading):
            yield Group(names, value, self._rows.get_packed(names))


def load(extra_corpus: Sequence[Path] = (), learned: Mapping[str, Any] | None = None) -> Classifier:
    """The classifier, with a team's own example files and learned corrections on top.

    `learned` is what `learn.learn` returned, as it was or read back from JSON.

    Raises:
        ContentError: the model or an example file is missing or wrong.
    """
    model, _ = load_file(MODEL)
    if extra_corpus or learned:
        model = _add_own(model, extra_corpus, learned or {})
    return Classifier(model, load_shipped())


def _add_own(model: Linear, extra_corpus: Sequence[Path], learned: Mapping[str, Any]) -> Linear:
    from clickup_mlops.routing.classifier.learn import fit_files, shift_incidents

    if extra_corpus:
        model = fit_files(model, extra_corpus)
    if learned:
        model = add_rows(model, learned["weights"])
        model = shift_incidents(model, learned.get("incident_shift", 0.0))
    return model


def _sum_by_workload(chances: Sequence[float]) -> tuple[dict[str, float], float]:
    """The probability of each workload, and that of a live incident, a part of inference's."""
    *agreed, live = ((1 - DISPUTED) * chance for chance in chances)
    scores = {
        name: chance + DISPUTED / len(WORKLOADS)
        for name, chance in zip(WORKLOADS, agreed, strict=True)
    }
    scores["inference"] += live
    return scores, live
