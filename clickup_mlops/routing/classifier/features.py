"""Title and body -> named numbers, the only thing the model sees.

Names: `w:` word or pair of words; `t:` word of the title; `f:` its first word; `s:` two words of it
that do not stand together; `p:` beginning of a word; `l:` letters in a row; `t#` and `#` concept in
the title and anywhere; `b#` one in the body that tells how a text speaks; `t#a+b` two concepts of
the title; `x#a+b` one of the title with one of the body; `1#` the concept that the title starts
with; `h#` the concept of the thing it names (the last words before a preposition: "deployment
*guide* for KServe"); `!` shape of the text.

What one word says depends on the word alone, so its features have one value and their rows can be
added once and kept. That makes a long text cheap.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from clickup_mlops.routing.classifier.lexicon import ConceptPlaces, Lexicon
from clickup_mlops.routing.classifier.text import (
    BODY_CHARS,
    PREPOSITIONS,
    STOP_WORDS,
    TITLE_CHARS,
    WORDS_KEPT,
    Text,
    split_east,
    split_letters,
    stem,
    tokenize,
)

_TAG = re.compile(r"^\s*[\[(]\s*([\w /-]{2,20})\s*[\])]")
_COMMIT = re.compile(r"^\s*(\w{2,10})(?:\(([^)]{1,40})\))?!?:\s")
# "between 14:05 and 14:30 UTC", "from 1:58pm PT until 8:26pm", "09:10-09:40": it is over.
_SPAN = re.compile(
    r"\b(?:between|from|starting|beginning)\b[^.\n\d]{0,12}\d[^.\n]{0,25}?"
    r"\b(?:and|to|until|till|through|by)\b[^.\n\d]{0,12}\d"
    r"|\d\d:\d\d ?(?:-|–|to) ?\d\d?:\d\d",
    re.IGNORECASE,
)
TITLE_WORDS, BODY_WORDS = 60, 100
LETTERS = "l:"
_RUN, _EAST_RUN = 4, 3  # letters in a row; fewer in scripts that write no spaces
_REACH = 4  # words between two that make a pair at a distance
BEGINNINGS = (4, 5)  # letters: endings differ in most languages, and by typing errors
_SPEECH = frozenset({"notice", "handling", "live_now", "resolved", "production", "question"})
_MANNER = _SPEECH | {"dev_context", "feature_request"}
_TROUBLE = frozenset({"notice", "handling", "live_now", "production"})
_EVENTS = {
    "failure": frozenset({"notice", "trouble", "server_error", "let_down"}),
    "operation": frozenset({"release_technique", "latency"}),
}
_OF_A_MODEL = frozenset(
    {"serving_engine", "serving_word", "inference_word", "generation", "decode_internals"}
    | {"hosted_model", "open_model", "model_api", "chat_product", "ml_models", "finetuned_model"}
)
# A commit's text lists docs, lint and tests beside the work: in a body they mean nothing.
_TITLE_ONLY = frozenset({"doc_deliverable", "ci_release", "ui", "software_generic", "business"})

WEIGHTS = {
    "title": 1.0,
    "body": 1.15,
    "first": 0.4,
    "title_ideas": 1.0,
    "places": 0.25,
    "body_ideas": 1.3,
    "shape": 0.8,
    "manner": 0.4,
}
_LOUDNESS = {"w": 0.9, "t": 0.9, "p": 0.5, "l": 0.9, "s": 0.5}
_PAIR = 0.75

Group = tuple[set[str], float]
"""Names of features, and the value that each of them has."""


@dataclass(frozen=True, slots=True)
class Words:
    """A field's words, none twice, and the features that are not one word's.

    All features have the same value, those of a word as often as words have them.
    """

    words: tuple[str, ...]
    names: set[str]
    value: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A task's text as read: tokens and the concepts found, by field."""

    title: str
    body: str
    head: Text
    tail: Text
    title_ideas: ConceptPlaces
    body_ideas: ConceptPlaces


def read_task(title: str, body: str, lexicon: Lexicon) -> Reading:
    """Tokens and concepts of a task. Work is bounded: long texts are cut."""
    head, tail = tokenize(title, TITLE_CHARS), tokenize(body, BODY_CHARS)
    return Reading(title, body, head, tail, lexicon.find(head), lexicon.find(tail))


def extract_features(reading: Reading) -> dict[str, float]:
    """Feature name -> value: the sum of its values in the words and in the groups."""
    values: dict[str, float] = {}
    for field, name_word in zip(
        list_words(reading), (name_title_word, name_body_word), strict=True
    ):
        names = [*field.names, *(name for word in field.words for name in name_word(word))]
        for name in sorted(names):
            values[name] = values.get(name, 0.0) + field.value
    for group, value in group_features(reading):
        for name in sorted(group):
            values[name] = values.get(name, 0.0) + value
    return values


def measure_loudness(name: str) -> float:
    """How much a feature of words counts while the model is learned; it is part of the weights."""
    return (
        _PAIR if name.startswith("w:") and " " in name else _LOUDNESS.get(name.split(":")[0], 1.0)
    )


def list_words(reading: Reading) -> tuple[Words, Words]:
    """The words of the title, and those of the body."""
    return (
        _read_words(reading.head, TITLE_WORDS, WEIGHTS["title"], _pair_distant(reading.head)),
        _read_words(reading.tail, BODY_WORDS, WEIGHTS["body"], ()),
    )


def group_features(reading: Reading) -> Iterator[Group]:
    """The features that are not of words, in groups."""
    yield {f"f:{word}" for word in reading.head.words[:1]}, WEIGHTS["first"]
    yield _weigh(_title_ideas(reading), WEIGHTS["title_ideas"])
    yield _weigh(_places(reading), WEIGHTS["places"])
    yield _weigh(_body_ideas(reading), WEIGHTS["body_ideas"])
    yield _weigh(_shape(reading), WEIGHTS["shape"])
    yield _manner(reading), WEIGHTS["manner"]


def name_title_word(word: str) -> tuple[str, ...]:
    """The features of a word of a title."""
    return (
        name_body_word(word) if word in STOP_WORDS else (*name_body_word(word), f"t:{stem(word)}")
    )


def name_body_word(word: str) -> tuple[str, ...]:
    """The features of a word of a body."""
    letters = {f"{LETTERS}{run}": None for run in split_letters(word, _RUN)}
    if word in STOP_WORDS:
        return tuple(letters)
    beginnings = (f"p:{word[:size]}" for size in BEGINNINGS if len(word) >= size)
    root = stem(word)
    return (*letters, *beginnings, *((f"w:{root}",) if len(root) > 1 else ()))


def _weigh(names: set[str], weight: float) -> Group:
    return names, weight / sqrt(len(names) or 1)


def _read_words(text: Text, limit: int, weight: float, more_names: Iterable[str]) -> Words:
    words = tuple(dict.fromkeys(text.words[:limit]))
    pieces = {f"w:{piece}" for piece in split_east(text.east)[:limit]} if text.east else set()
    names = {*_pair_neighbours(text.words[:limit]), *more_names, *pieces}
    names.update(f"w:{word}" for word in text.joined[:20])
    names.update(f"{LETTERS}{run}" for part in text.east for run in split_letters(part, _EAST_RUN))
    return Words(words, names, weight / sqrt(len(words) + len(pieces) or 1))


def _pair_neighbours(words: tuple[str, ...]) -> Iterator[str]:
    return filter(None, map(_name_pair, words, words[1:]))


@lru_cache(4 * WORDS_KEPT)
def _name_pair(first: str, second: str) -> str:
    """Empty for two words that say nothing."""
    if first in STOP_WORDS and second in STOP_WORDS:
        return ""
    return f"w:{stem(first)} {stem(second)}"


def _pair_distant(text: Text) -> Iterator[str]:
    stems = [stem(word) for word in text.words[:TITLE_WORDS] if word not in STOP_WORDS]
    for at, first in enumerate(stems):
        for second in stems[at + 2 : at + 1 + _REACH]:
            yield f"s:{first} {second}"


def _title_ideas(reading: Reading) -> set[str]:
    ideas = sorted(reading.title_ideas)
    names = {f"#{idea}" for idea in ideas}
    names.update(f"t#{idea}" for idea in ideas)
    names.update(f"t#{a}+{b}" for n, a in enumerate(ideas) for b in ideas[n + 1 :])
    if ideas and not {"notice", "handling"}.isdisjoint(reading.title_ideas | reading.body_ideas):
        names.add(
            f"t#notice about {'something else' if _has_unknown_words(reading) else 'known things'}"
        )
    return names


def _places(reading: Reading) -> set[str]:
    names: set[str] = set()
    at = _head_noun(reading.head.words)
    for idea, spans in reading.title_ideas.items():
        if any(start == 0 for start, _, _ in spans):
            names.add(f"1#{idea}")
        if any(start <= at < end for start, end, _ in spans):
            names.add(f"h#{idea}")
    return names


def _body_ideas(reading: Reading) -> set[str]:
    body = reading.body_ideas.keys() - _TITLE_ONLY
    names = {f"#{idea}" for idea in body}
    names.update(f"x#{a}+{b}" for a in reading.title_ideas for b in body & _SPEECH)
    return names


def _manner(reading: Reading) -> set[str]:
    """How the text speaks: what a live incident is told by, or is not."""
    ideas = reading.title_ideas.keys() | reading.body_ideas.keys()
    names = {f"b#{idea}" for idea in reading.body_ideas.keys() & _MANNER}
    if ideas.isdisjoint(_TROUBLE):
        names.add("!calm")
    whose = "nameless" if ideas.isdisjoint(_OF_A_MODEL) else "model's"
    names.update(
        f"!{whose} {kind}" for kind, signs in _EVENTS.items() if not ideas.isdisjoint(signs)
    )
    if "resolved" in ideas and "handling" not in ideas:
        names.add("!over")
    if "feature_request" in reading.title_ideas:
        names.add("!wish")
    return names


def _has_unknown_words(reading: Reading) -> bool:
    """Whether the title has words that no concept explains."""
    explained = {
        at for spans in reading.title_ideas.values() for a, b, _ in spans for at in range(a, b)
    }
    words = reading.head.words
    return any(
        at not in explained and word not in STOP_WORDS and not word.isdigit() and len(word) > 2
        for at, word in enumerate(words)
    )


def _head_noun(words: tuple[str, ...]) -> int:
    stops = (at for at, word in enumerate(words) if at > 0 and word in PREPOSITIONS)
    return next(stops, len(words)) - 1


def _shape(reading: Reading) -> set[str]:
    title, body, head = reading.title, reading.body, reading.head
    names = {"!body" if body.strip() else "!no body", f"!words {min(len(head.words) // 3, 5)}"}
    if tag := _TAG.match(title):
        names.add(f"!tag {tag[1].lower()}")
    if commit := _COMMIT.match(title):
        names.add(f"!commit {commit[1].lower()}")
    if _SPAN.search(title[:TITLE_CHARS]) or _SPAN.search(body[:BODY_CHARS]):
        names.add("!span")
    if "?" in title or "？" in title:
        names.add("!asks")
    return names
