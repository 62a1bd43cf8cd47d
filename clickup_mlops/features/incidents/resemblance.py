"""Which live incident another one may be the same outage as, by words that both have. Pure.

People decide: they join incidents, or do not. So one telling word is enough: it costs the report of
a person the time for an answer (`ask_for`), and that of an alert nothing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops.features.incidents.incident import QUESTION, Incident
from clickup_mlops.features.incidents.subject import APART, SUBJECTS, differ, of

_WORD: Final = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_PART: Final = re.compile(r"[-.]")
_SHORTEST: Final = 4
"""Letters of a word that may say what an incident is about."""
_GENERAL: Final = frozenset(
    re.split(
        r"\s",
        "aber about after again alert alertname answer answers ausfall before broken cannot "
        "client clientes clients critical customer customers dauert degraded does down "
        "endpoint endpoints erreur erreurs error errores errors every everybody fail failed "
        "failing fails failure failures false fast fatal fehler firing from geht gone have "
        "help high http https incident incidents inference into issue issues keine kunden "
        "langsam latency lent lente lento many model models more most much nicht nobody none "
        "nothing nutzer only outage outages panne please pour problem problems production "
        "request requests response responses returns serious server servers service services "
        "serving since slow slowly some still that them there these they this time timeout "
        "timeouts times todos true unavailable urgent user users utilisateurs very wait when "
        "with without working wrong",
    )
)
"""What reports of different outages have in common."""


def find_resembling(incident: Incident, candidates: Iterable[Incident]) -> Incident | None:
    """The one among these that is live and has most words in common with it, then the oldest; None:
    there is none.
    """
    terms = frozenset(_list_terms(incident))
    shared = [
        (len(common), -other.opened_ms, other)
        for other in candidates
        if _is_live_beside(other, incident) and not _is_apart(incident, other)
        if (common := terms.intersection(_list_terms(other)))
    ]
    return max(shared, key=lambda match: match[:2])[2] if shared else None


def ask(incident: Incident, candidates: Iterable[Incident], *, until_ms: int) -> Incident:
    """The incident with the question whether it is the same outage as the one that it resembles, or
    as the one about which that asks.
    """
    original = find_resembling(incident, candidates)
    if original is None:
        return incident
    question = {"incident": original.original_id or original.id, "until_ms": until_ms}
    return incident.with_details(**{QUESTION: question})


def began_before(candidate: Incident, incident: Incident) -> bool:
    """Whether the candidate is the older of both."""
    return (candidate.opened_ms, candidate.id) < (incident.opened_ms, incident.id)


def _is_live_beside(other: Incident, incident: Incident) -> bool:
    return other.is_open and other.workspace == incident.workspace and other.id != incident.id


def _is_apart(incident: Incident, other: Incident) -> bool:
    """Whether labels say that they are two outages, or people who took a task out of the other."""
    tasks = {incident.task_id, *(incident.details.get(SUBJECTS) or {})}
    return not tasks.isdisjoint(other.details.get(APART, ())) or differ(of(incident), of(other))


def _list_terms(incident: Incident) -> Iterator[str]:
    """Words of the titles of its tasks, and of the values of its labels, that say something."""
    about = of(incident)
    labels = about.get("labels", {}).items()
    values = (value for name, texts in labels if name != "group_key" for value in texts)
    for text in (incident.title, *about.get("names", ()), *values):
        for word in _WORD.findall(text.casefold()):
            yield from filter(_is_telling, {word, *_PART.split(word)})


def _is_telling(word: str) -> bool:
    is_long = sum(character.isalpha() for character in word) >= _SHORTEST
    return is_long and word not in _GENERAL
