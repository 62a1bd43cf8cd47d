"""What a source could not read: a list that stays short however many problems are alike."""

from typing import Final

MOST: Final = 50
"""Sentences of one kind; the last one then says how many more there are."""


class Problems:
    """`sentences` is what `Source.problems` gives."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self._counts: dict[str, int] = {}
        self._last: dict[str, int] = {}

    def add(self, kind: str, sentence: str) -> None:
        """`kind` is the same for all problems that are alike."""
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count <= MOST:
            self.sentences.append(sentence)
        elif count == MOST + 1:
            self._last[kind] = len(self.sentences)
            self.sentences.append(f"{kind}: one more")
        else:
            self.sentences[self._last[kind]] = f"{kind}: {count - MOST} more"
