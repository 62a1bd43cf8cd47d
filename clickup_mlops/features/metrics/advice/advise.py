"""Which symptoms hold for measured numbers. What cannot be diagnosed says what is missing."""

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from clickup_mlops.features.metrics.advice import serving
from clickup_mlops.features.metrics.advice.model import Advice, Numbers, Symptom
from clickup_mlops.features.network.advice import network

SYMPTOMS = (*network.SYMPTOMS, *serving.SYMPTOMS)
Part = TypeVar("Part", bound=Hashable)
BY_NAME = {one.name: one for one in SYMPTOMS}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Advice that holds, and for symptoms that may hold the measures or facts that are missing."""

    advice: tuple[Advice, ...]
    missing: tuple[tuple[Symptom, tuple[str, ...]], ...]


def diagnose(numbers: Numbers, facts: Collection[str] = ()) -> Diagnosis:
    """`facts` are what is known of the place, such as `adaptive_routing` or `training`.

    No advice without its numbers: a symptom whose measures are not all known is in `missing` if at
    least one of them is.
    """
    advice = (_advice(one, numbers) for one in SYMPTOMS if _holds(one, numbers, facts))
    return Diagnosis(tuple(advice), tuple(_missing(numbers, facts)))


def diagnose_parts(
    parts: Mapping[Part, Numbers], whole: Part, facts: Collection[str]
) -> Iterator[tuple[Part, Diagnosis]]:
    """Of each part, such as a port. `whole` is the key of the numbers that all of them have: a
    symptom that needs no others is said of it, once, and not of each part.
    """
    common = set(parts.get(whole, ()))
    for key, numbers in parts.items():
        found = diagnose(numbers, facts)
        if key != whole:
            own = (one for one in found.advice if not set(one.symptom.needs) <= common)
            yield key, Diagnosis(tuple(own), found.missing)
        else:
            yield key, Diagnosis(found.advice, found.missing if len(parts) == 1 else ())


def _holds(one: Symptom, numbers: Numbers, facts: Collection[str]) -> bool:
    applies = set(one.given) <= set(facts) and not set(one.unless) & set(facts)
    return applies and set(one.needs) <= set(numbers) and one.holds(numbers)


def _advice(one: Symptom, numbers: Numbers) -> Advice:
    shown = (*one.needs, *one.shows)
    return Advice(one, {name: numbers[name] for name in shown if name in numbers})


def _missing(numbers: Numbers, facts: Collection[str]) -> Iterator[tuple[Symptom, tuple[str, ...]]]:
    for one in SYMPTOMS:
        known = set(one.needs) & set(numbers)
        absent = [name for name in one.needs if name not in numbers]
        if known and absent and not set(one.unless) & set(facts):
            yield one, tuple(absent)
