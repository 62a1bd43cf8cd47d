"""Which symptoms hold for measured numbers. What cannot be diagnosed says what is missing."""

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from clickup_mlops import registry
from clickup_mlops.features.metrics.diagnosis.model import Advice, Numbers, Symptom

ROOM: Final = "advice"
"""The sub-package in which each feature keeps the symptoms that it knows."""
Part = TypeVar("Part", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Advice that holds, and for symptoms that may hold the measures or facts that are missing."""

    advice: tuple[Advice, ...]
    missing: tuple[tuple[Symptom, tuple[str, ...]], ...]


@cache
def symptoms() -> tuple[Symptom, ...]:
    """Those of all features, by module."""
    tables = registry.find_all(ROOM, "SYMPTOMS").values()
    return tuple(symptom for table in tables for symptom in table)


@cache
def symptoms_by_name() -> Mapping[str, Symptom]:
    """The same by name; notes keep only the name."""
    return {symptom.name: symptom for symptom in symptoms()}


def diagnose(numbers: Numbers, facts: Collection[str] = ()) -> Diagnosis:
    """`facts` are what is known of the place, such as `adaptive_routing` or `training`.

    No advice without its numbers: a symptom whose measures are not all known is in `missing` if at
    least one of them is.
    """
    present = (symptom for symptom in symptoms() if _is_present(symptom, numbers, facts))
    advice = tuple(_advice(symptom, numbers) for symptom in present)
    return Diagnosis(advice, tuple(_missing(numbers, facts)))


def diagnose_parts(
    parts: Mapping[Part, Numbers], common_key: Part, facts: Collection[str]
) -> Iterator[tuple[Part, Diagnosis]]:
    """Of each part, such as a port. `whole` is the key of the numbers that all of them have: a
    symptom that needs no others is said of it, once, and not of each part.
    """
    common = set(parts.get(common_key, ()))
    for key, numbers in parts.items():
        diagnosis = diagnose(numbers, facts)
        if key != common_key:
            specific = (
                advice for advice in diagnosis.advice if not set(advice.symptom.needs) <= common
            )
            yield key, Diagnosis(tuple(specific), diagnosis.missing)
        else:
            yield key, Diagnosis(diagnosis.advice, diagnosis.missing if len(parts) == 1 else ())


def _is_present(symptom: Symptom, numbers: Numbers, facts: Collection[str]) -> bool:
    applies = set(symptom.requires) <= set(facts) and not set(symptom.unless) & set(facts)
    return applies and set(symptom.needs) <= set(numbers) and symptom.holds(numbers)


def _advice(symptom: Symptom, numbers: Numbers) -> Advice:
    names = (*symptom.needs, *symptom.shows)
    return Advice(symptom, {name: numbers[name] for name in names if name in numbers})


def _missing(numbers: Numbers, facts: Collection[str]) -> Iterator[tuple[Symptom, tuple[str, ...]]]:
    for symptom in symptoms():
        is_measured = set(symptom.needs) & set(numbers)
        absent = [name for name in symptom.needs if name not in numbers]
        if is_measured and absent and not set(symptom.unless) & set(facts):
            yield symptom, tuple(absent)
