"""Which type a column has, from its values alone: files say nothing about types. Pure.

The first rule that *all* values of a column keep decides:

1. `file`: addresses of files in Monday.com, or files of the archive
2. `date`: real dates, or dates as text that cannot be misread
3. `timeline`: two dates, such as `2026-03-01 - 2026-03-15`, or one day
4. `checkbox`: true or false, or only `v`
5. `numbers`: numbers, unless they start with zeros or a plus sign
6. `phone`: a plus sign and 7 to 15 digits
7. `email`, 8. `link`: an address, alone or as `text - address`; addresses under a title that says
    people (see 10) are `people`
9. `tags`: every part starts with `#`
10. `people`: every part is the name of somebody whom the file knows, or `Name <address>`; or the
    title says so (Owner, Assignee, …) and the parts look like names. `tags`: the title says so
11. `status`: one line of at most 50 characters; at most 20 different values, and on average each
    occurs twice; or all of them are usual words of a status
12. `dropdown`: the same for the parts between commas, where a cell has several
13. `long_text`: a value has several lines or over 255 characters
14. `text`

A column without values is `text`.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Sequence
from datetime import date
from typing import Final

from clickup_mlops.features.migration.sources._files import dates, values
from clickup_mlops.features.migration.sources._files.entries import Field, Raw
from clickup_mlops.features.migration.sources._files.people import with_address

MOST_OPTIONS: Final = 20
MOST_KEPT: Final = 2000
"""Different values that are remembered for each column; with more it has no options."""
LONGEST_OPTION: Final = 50
LONGEST_TEXT: Final = 255

_PEOPLE_TITLES: Final = re.compile(
    r"(?i)(person|people|owners?|assign|assignees?|assigned to|reviewers?|reporter|lead|responsible"
    r"|collaborators|members?)"
)
_TAG_TITLES: Final = re.compile(r"(?i)(tags?|labels?|keywords?)")
_NAME: Final = re.compile(r"[^\d\W][\w.'’-]*( [^\d\W][\w.'’-]*){0,4}")
_PHONE: Final = re.compile(r"\+[\d ().-]{7,22}")
_LEADING: Final = re.compile(r"\+|-?0\d")
_DONE: Final = frozenset(
    {
        *("done", "closed", "complete", "completed", "resolved", "finished", "shipped", "released"),
        *("merged", "cancelled", "canceled", "duplicate", "won't do", "wont do", "won't fix"),
        *("wontfix", "not planned"),
    }
)
_STATUS_WORDS: Final = _DONE | {
    *("to do", "todo", "open", "new", "backlog", "triage", "not started", "in progress", "started"),
    *("working on it", "in review", "review", "testing", "blocked", "stuck", "on hold", "waiting"),
    *("low", "medium", "high", "critical", "urgent", "normal", "minor", "major"),
}


def is_done(name: str) -> bool:
    """Whether a status of this name usually ends the work."""
    return name.strip().lower() in _DONE


def _is_file(raw: Raw) -> bool:
    if isinstance(raw, list):
        return all(isinstance(entry, dict) for entry in raw)
    urls = isinstance(raw, str) and _keeps(values.files, raw)
    return urls and all("/protected_static/" in part for part in raw.split(", "))


def _is_date(raw: Raw) -> bool:
    return isinstance(raw, date) or (isinstance(raw, str) and _keeps(dates.moment, raw))


def _is_timeline(raw: Raw) -> bool:
    return isinstance(raw, str | tuple) and _keeps(dates.day_range, raw)


def _is_checkbox(raw: Raw) -> bool:
    return isinstance(raw, bool) or str(raw).strip().lower() in ("v", "true", "false")


def _is_number(raw: Raw) -> bool:
    return _keeps(values.number, raw) and not _LEADING.match(str(raw))


def _is_phone(raw: Raw) -> bool:
    return bool(_PHONE.fullmatch(str(raw)))


def _is_tags(raw: Raw) -> bool:
    parts = str(raw).split(",")
    return isinstance(raw, str) and all(re.fullmatch(r"\s*#\S+\s*", part) for part in parts)


def _keeps(read: Callable[[Raw], object], raw: Raw) -> bool:
    try:
        read(raw)
    except ValueError:
        return False
    return True


_RULES: Final[Sequence[tuple[str, Callable[[Raw], bool]]]] = (
    ("file", _is_file),
    ("date", _is_date),
    ("timeline", _is_timeline),
    ("checkbox", _is_checkbox),
    ("numbers", _is_number),
    ("phone", _is_phone),
    ("email", lambda raw: _keeps(values.email, raw)),
    ("link", lambda raw: _keeps(values.link, raw)),
    ("tags", _is_tags),
)


class Profile:
    """What is remembered of a column's values while a file is read: little, however many."""

    def __init__(self) -> None:
        self.count = 0
        self.several = False
        self.long = False
        self.values: Counter[str] = Counter()
        self.parts: Counter[str] = Counter()
        self._rules = list(_RULES)

    def add(self, field: Field, raw: Raw) -> None:
        """Take one value, not an empty one."""
        self.count += 1
        self._rules = [rule for rule in self._rules if rule[1](raw)]
        text = values.text_of(raw).strip()
        parts = [values.text_of(part) for part in values.names(field, raw)]
        self.several |= len(parts) > 1
        self.long |= "\n" in text or len(text) > LONGEST_TEXT
        _count(self.values, [text])
        _count(self.parts, parts)

    def type(self, title: str, people: Container[str]) -> str:
        """By the rules above. `people` are names that the file knows."""
        if not self.count:
            return "text"
        if self._rules:
            kind = self._rules[0][0]
            is_titled = _PEOPLE_TITLES.fullmatch(title.strip()) is not None
            return "people" if kind == "email" and is_titled else kind
        if self._are_people(title, people):
            return "people"
        if _TAG_TITLES.fullmatch(title.strip()) and not self.long and not self._are_long():
            return "tags"
        if self._are_options(self.values):
            return "status"
        if self.several and self._are_options(self.parts):
            return "dropdown"
        return "long_text" if self.long else "text"

    def _are_people(self, title: str, people: Container[str]) -> bool:
        if self.long or not 0 < len(self.parts) < MOST_KEPT:
            return False
        is_titled = _PEOPLE_TITLES.fullmatch(title.strip()) is not None
        return all(
            part in people
            or with_address(part) is not None
            or (is_titled and (_NAME.fullmatch(part) or _keeps(values.email, part)))
            for part in self.parts
        )

    def _are_long(self) -> bool:
        return any(len(part) > LONGEST_OPTION for part in self.parts)

    def _are_options(self, counted: Counter[str]) -> bool:
        if self.long or any(len(value) > LONGEST_OPTION for value in counted):
            return False
        if not 0 < len(counted) <= MOST_OPTIONS:
            return False
        is_repeated = counted.total() >= 2 * len(counted)
        return is_repeated or all(value.lower() in _STATUS_WORDS for value in counted)


def _count(counted: Counter[str], values: Sequence[str]) -> None:
    for value in values:
        if value in counted or len(counted) < MOST_KEPT:
            counted[value] += 1
