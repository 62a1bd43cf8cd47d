"""Title and body -> named numbers, the only thing the model sees.

Names: `w:` word or pair of words; `t:` word of the title; `p:` beginning of a word; `t#` and `#`
concept in the title and anywhere; `b#` one in the body that tells how a text speaks; `t#a+b` two
concepts of the title; `x#a+b` one of the title with one of the body; `1#` the concept that the
title starts with; `h#` the concept of the thing it names (the last words before a preposition:
"deployment *guide* for KServe"); `!` shape of the text.
"""

import re
from collections.abc import Iterator
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
BODY_WORDS = 160
LETTERS = "l:"
_LETTER_WORDS = 50
LETTER_GROUPS = 2
"""The last groups of features are letters: of the title and of the body."""
_RUN, _EAST_RUN = 4, 3  # letters in a row; fewer in scripts that write no spaces
BEGINNINGS = (4, 5)  # letters: endings differ in most languages, and by typing errors
_SPEECH = frozenset({"notice", "handling", "live_now", "resolved", "production", "question"})
_MANNER = _SPEECH | {"dev_context", "feature_request"}
_TROUBLE = frozenset({"notice", "handling", "live_now", "production"})
_FAILURE = frozenset({"notice", "trouble", "server_error", "let_down"})
_OF_A_MODEL = frozenset(
    {"serving_engine", "serving_word", "inference_word", "generation", "decode_internals"}
    | {"hosted_model", "open_model", "model_api", "chat_product", "ml_models", "finetuned_model"}
)
# A commit's text lists docs, lint and tests beside the work: in a body they mean nothing.
_TITLE_ONLY = frozenset({"doc_deliverable", "ci_release", "ui", "software_generic", "business"})

WEIGHTS = {
    "title_words": 1.0,
    "body_words": 1.3,
    "beginnings": 0.7,
    "title_ideas": 1.0,
    "places": 0.25,
    "body_ideas": 1.3,
    "shape": 0.8,
    "manner": 0.4,
    "letters": 2.0,
}

Group = tuple[set[str], float]
"""Names of features, and the value that each of them has."""


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
    """Feature name -> value: the sum of its values in the groups."""
    values: dict[str, float] = {}
    for names, value in group_features(reading):
        for name in sorted(names):
            values[name] = values.get(name, 0.0) + value
    return values


def group_features(reading: Reading) -> Iterator[Group]:
    """The features in groups; those of words' letters come last."""
    texts = (reading.head, reading.tail)
    yield _weigh(_title_words(reading.head), WEIGHTS["title_words"])
    yield _weigh(_words(reading.tail, BODY_WORDS), WEIGHTS["body_words"])
    for text in texts:
        yield _weigh(_beginnings(text), WEIGHTS["beginnings"])
    yield _weigh(_title_ideas(reading), WEIGHTS["title_ideas"])
    yield _weigh(_places(reading), WEIGHTS["places"])
    yield _weigh(_body_ideas(reading), WEIGHTS["body_ideas"])
    yield _weigh(_shape(reading), WEIGHTS["shape"])
    yield _manner(reading), WEIGHTS["manner"]
    for text in texts:
        yield _weigh(_letters(text), WEIGHTS["letters"])


def _weigh(names: set[str], weight: float) -> Group:
    return names, weight / sqrt(len(names) or 1)


def _words(text: Text, limit: int) -> set[str]:
    words = text.words[:limit]
    stems = [*map(stem, words)]
    plain = [word in STOP_WORDS for word in words]
    names = {
        f"w:{root}" for root, stop in zip(stems, plain, strict=True) if not stop and len(root) > 1
    }
    following = zip(stems, plain, stems[1:], plain[1:], strict=False)
    names.update([f"w:{a} {b}" for a, stop, b, next_stop in following if not (stop and next_stop)])
    names.update(f"w:{word}" for word in text.joined[:20])
    names.update(f"w:{piece}" for piece in split_east(text.east)[:limit])
    return names


def _title_words(text: Text) -> set[str]:
    names = _words(text, 60)
    names.update(f"t:{stem(word)}" for word in text.words if word not in STOP_WORDS)
    return names


def _beginnings(text: Text) -> set[str]:
    return set().union(*map(_name_beginnings, text.words))


@lru_cache(WORDS_KEPT)
def _name_beginnings(word: str) -> tuple[str, ...]:
    if word in STOP_WORDS:
        return ()
    return tuple(f"p:{word[:size]}" for size in BEGINNINGS if len(word) >= size)


def _letters(text: Text) -> set[str]:
    words, east = text.words[:_LETTER_WORDS], text.east[:_LETTER_WORDS]
    names: set[str] = set().union(*map(_name_letters, words))
    names.update(f"{LETTERS}{run}" for word in east for run in split_letters(word, _EAST_RUN))
    return names


@lru_cache(WORDS_KEPT)
def _name_letters(word: str) -> tuple[str, ...]:
    return tuple(f"{LETTERS}{run}" for run in split_letters(word, _RUN))


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
    if not ideas.isdisjoint(_FAILURE):
        names.add("!nameless failure" if ideas.isdisjoint(_OF_A_MODEL) else "!failure of a model")
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
