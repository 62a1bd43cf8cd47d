"""Text -> tokens: folding of case and accents, identifiers taken apart, scripts without spaces.

The same folding is applied to terms of the lexicon, so "kv-cache", "kv_cache", "KVCache" and
"KV Cache" are one thing.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from clickup_mlops.routing.classifier.chinese import simplify

TITLE_CHARS = 300
BODY_CHARS = 640

_STOP = """a an the and or of to in on for with is are was were be been being it its this that these
    those as at by from we our us you your i my me they their them he she so if but do does did has
    have had will would can could should than then there here who all any some more most very just
    also into out up under about after before while during only other such same too via per etc vs
    new using use used add adds added fix fixes fixed update updates updated create creates created
    implement implemented make get set let see need needs want"""
STOP_WORDS = frozenset(_STOP.split())
_PREPOSITIONS = (
    "for of in on with to from when by at using after before during while via so that and"
)
PREPOSITIONS = frozenset(_PREPOSITIONS.split())

_NOISE = re.compile(
    r"\[skip ci\]|\(#\d+\)|https?://\S+|<(?:url|path|ip|email|sha)>?|[0-9a-f]{12,}", re.IGNORECASE
)
_NOISE_SIGNS = ("[", "(#", "://", "<")
_DIGITS = re.compile(r"[0-9a-fA-F]{12}")
_HUMP = re.compile(r"[a-z][A-Z]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_TO_WORDS: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
"""Takes apart what `_WORD` finds in ASCII: a third of the time."""
_EAST = re.compile(r"[぀-ヿ㐀-鿿ᄀ-ᇿ가-힯]+")
WORDS_KEPT: Final = 4_096
"""Words whose forms are kept: most of a text's words are those of the texts before it."""
_ENDINGS = ("ings", "ing", "ers", "ed", "es", "er", "s", "e")


@dataclass(frozen=True, slots=True)
class Text:
    """A folded text: words in order, whole identifiers, and runs of an East Asian script."""

    words: tuple[str, ...]
    joined: tuple[str, ...]
    east: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case, without accents; East Asian letters stay whole, Chinese is simplified."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    bare = "".join(c for c in apart if not "\u0300" <= c <= "\u036f")
    return simplify(unicodedata.normalize("NFC", bare))


def tokenize(text: str, limit: int) -> Text:
    """The tokens of the first `limit` characters."""
    clean = _remove_noise(text[:limit])
    east: tuple[str, ...] = ()
    if not clean.isascii():
        clean = unicodedata.normalize("NFKC", clean)
        east = tuple(_EAST.findall(fold(clean)))
        clean = _EAST.sub(" ", clean)
    apart = _CAMEL.sub("_", clean) if _HUMP.search(clean) else clean
    words = apart.translate(_TO_WORDS).split() if apart.isascii() else _WORD.findall(fold(apart))
    joined = _find_identifiers(clean) if len(apart) > len(clean) else ()
    return Text(tuple(words), joined, east)


@lru_cache(WORDS_KEPT)
def stem(word: str) -> str:
    """A word without its usual English ending; short words stay as they are."""
    if len(word) < 5:
        return word[:-1] if len(word) == 4 and word[-1] == "s" and word[-2] != "s" else word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def split_east(runs: tuple[str, ...]) -> list[str]:
    """Pairs of neighbouring letters: the words of scripts that write no spaces."""
    return [run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))]


def split_letters(word: str, size: int) -> list[str]:
    """Letters in a row of a word, with its edges."""
    edged = f" {word} "
    return [edged[at : at + size] for at in range(max(1, len(edged) - size + 1))]


def _remove_noise(text: str) -> str:
    # Most texts have none, and it takes twice as long to look for all of it than for its signs.
    if any(sign in text for sign in _NOISE_SIGNS) or _DIGITS.search(text):
        return _NOISE.sub(" ", text)
    return text


def _find_identifiers(clean: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in _WORD.findall(clean) if _CAMEL.search(word))
