"""Which words of a text decided: from features back to what a person can read."""

from collections.abc import Iterable
from itertools import pairwise

from clickup_mlops.routing.classifier.features import BEGINNINGS, LETTERS, Reading
from clickup_mlops.routing.classifier.model import WeightedFeature, rank_features
from clickup_mlops.routing.classifier.text import split_east, stem

_WORDS = 5
_LOOK = 40


def find_evidence(
    weighted: Iterable[WeightedFeature], reading: Reading, outcome: int
) -> tuple[str, ...]:
    """The words that speak most for an outcome, strongest first, none twice."""
    phrases: list[str] = []
    surface = _map_features_to_words(reading)
    readable = (feature for feature in weighted if not feature[0].startswith(LETTERS))
    for strength, name in rank_features(readable, outcome)[:_LOOK]:
        words = surface.get(name, "")
        if (
            strength > 0
            and words
            and not any(words in phrase or phrase in words for phrase in phrases)
        ):
            phrases.append(words)
        if len(phrases) == _WORDS:
            break
    return tuple(phrases)


def _map_features_to_words(reading: Reading) -> dict[str, str]:
    words_by_feature: dict[str, str] = {}
    for words in (reading.tail.words[:160], reading.head.words):
        roots = [stem(word) for word in words]
        for word, root in zip(words, roots, strict=True):
            if len(word) > 2:
                words_by_feature[f"w:{root}"] = words_by_feature[f"t:{root}"] = word
            words_by_feature |= {
                f"p:{word[:size]}": word for size in BEGINNINGS if len(word) >= size
            }
        pairs = zip(pairwise(words), pairwise(roots), strict=True)
        words_by_feature |= {f"w:{first} {second}": f"{a} {b}" for (a, b), (first, second) in pairs}
    for text in (reading.tail, reading.head):
        words_by_feature |= {f"w:{word}": word for word in (*text.joined, *split_east(text.east))}
    for ideas in (reading.body_ideas, reading.title_ideas):
        for idea, places in ideas.items():
            longest = max((words for _, _, words in places), key=len)
            words_by_feature |= {f"{kind}#{idea}": longest for kind in ("", "t", "1", "h")}
    return words_by_feature
