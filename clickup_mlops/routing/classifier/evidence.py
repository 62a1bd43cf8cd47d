"""Which words of a text decided: from features back to what a person can read."""

from collections.abc import Iterable
from itertools import pairwise

from clickup_mlops.routing.classifier.features import BEGINNINGS, LETTERS, Reading
from clickup_mlops.routing.classifier.model import Known, pulls
from clickup_mlops.routing.classifier.text import east_pieces, stem

_WORDS = 5
_LOOK = 40


def evidence(known: Iterable[Known], reading: Reading, outcome: int) -> tuple[str, ...]:
    """The words that speak most for an outcome, strongest first, none twice."""
    found: list[str] = []
    surface = _surface(reading)
    readable = (each for each in known if not each[0].startswith(LETTERS))
    for strength, name in pulls(readable, outcome)[:_LOOK]:
        words = surface.get(name, "")
        if strength > 0 and words and not any(words in other or other in words for other in found):
            found.append(words)
        if len(found) == _WORDS:
            break
    return tuple(found)


def _surface(reading: Reading) -> dict[str, str]:
    shown: dict[str, str] = {}
    for words in (reading.tail.words[:160], reading.head.words):
        roots = [stem(word) for word in words]
        for word, root in zip(words, roots, strict=True):
            if len(word) > 2:
                shown[f"w:{root}"] = shown[f"t:{root}"] = word
            shown |= {f"p:{word[:size]}": word for size in BEGINNINGS if len(word) >= size}
        pairs = zip(pairwise(words), pairwise(roots), strict=True)
        shown |= {f"w:{first} {second}": f"{a} {b}" for (a, b), (first, second) in pairs}
    for text in (reading.tail, reading.head):
        shown |= {f"w:{word}": word for word in (*text.joined, *east_pieces(text.east))}
    for found in (reading.body_ideas, reading.title_ideas):
        for idea, places in found.items():
            longest = max((words for _, _, words in places), key=len)
            shown |= {f"{kind}#{idea}": longest for kind in ("", "t", "1", "h")}
    return shown
