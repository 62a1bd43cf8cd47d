"""Compares an item's updates with its task's comments. Pure, once both are read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from clickup_mlops.clickup.content import Comment
from clickup_mlops.features.migration.records import Update
from clickup_mlops.features.migration.verify import reading
from clickup_mlops.features.migration.verify.fields import Finding
from clickup_mlops.features.migration.verify.people import People
from clickup_mlops.features.migration.verify.text import of_html, plain, shows

Replies = Callable[[str], Sequence[Comment]]
"""The replies to a comment, by its id."""
_ALIKE: Final = 0.5
_COMPARED: Final = 2_000
_CERTAIN: Final = 60_000
"""Characters that no comment is too short for."""


def compare(
    updates: Sequence[Update], comments: Sequence[Comment], replies: Replies, people: People
) -> Iterator[tuple[str, Finding]]:
    """What differs: a comment that is missing, was edited, is there twice, or lost a reply.

    Comments that are no update's are people's own.
    """
    update_ids = {candidate.id for candidate in updates}
    top = [candidate for candidate in updates if candidate.reply_to not in update_ids]
    pairs, problems = _match("comment", top, [*reversed(comments)], people)
    yield from problems
    for update, comment in pairs:
        below = [candidate for candidate in updates if _thread(candidate, updates) == update.id]
        if below or comment.reply_count:
            answers = replies(comment.id) if comment.reply_count else ()
            yield from _match("reply", below, answers, people)[1]


def _thread(update: Update, updates: Iterable[Update]) -> str:
    """The update that this one answers, in the end; empty if it answers none."""
    parents = {candidate.id: candidate.reply_to for candidate in updates}
    at, steps = update.reply_to or "", 0
    while (above := parents.get(at)) in parents and steps < len(parents):
        at, steps = str(above), steps + 1
    return at if at in parents else ""


def _match(
    kind: str, updates: Sequence[Update], comments: Sequence[Comment], people: People
) -> tuple[list[tuple[Update, Comment]], list[tuple[str, Finding]]]:
    unmatched, pairs, missing = list(comments), [], []
    for update in updates:
        match = next(
            (candidate for candidate in unmatched if says(candidate.text, update, people)), None
        )
        if match is None:
            missing.append(update)
        else:
            unmatched.remove(match)
            pairs.append((update, match))
    problems = [(kind, _closest(update, unmatched)) for update in missing]
    for update, _ in pairs:
        for candidate in [
            candidate for candidate in unmatched if says(candidate.text, update, people)
        ]:
            unmatched.remove(candidate)
            problems.append((f"{kind} twice", ("", candidate.text)))
    return pairs, problems


def says(text: str, update: Update, people: People) -> bool:
    """Whether a comment's text names the update's author and time and ends with what it says."""
    have = plain(text)
    body = of_html(update.html)[:_CERTAIN]
    author = plain(people.name(update.author) or update.author_name)
    if update.created_ms is not None and reading.minute(update.created_ms) not in text:
        return False
    return shows(have, author) and shows(have, body)


def _closest(update: Update, comments: Sequence[Comment]) -> Finding:
    letters = of_html(update.html)
    ratios = [
        (
            SequenceMatcher(None, letters[:_COMPARED], plain(comment.text)[:_COMPARED]).ratio(),
            comment.text,
        )
        for comment in comments
    ]
    ratio, text = max(ratios, default=(0.0, ""), key=lambda comment: comment[0])
    return update.html, text if ratio >= _ALIKE else ""
