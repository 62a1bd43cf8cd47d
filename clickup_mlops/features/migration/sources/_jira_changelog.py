"""What an issue of Jira's API remembers: `expand=changelog`, and its released versions. Pure.

`{"changelog": {"total", "histories": [{"created", "author", "items": [{"field", "fromString",
"toString", "from", "to"}]}]}}`: developer.atlassian.com/cloud/jira/platform/rest/v3.
"""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.migration.records import Person
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import PastChange, Problems, Raw
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects
from clickup_mlops.features.migration.sources._jira_people import person_of
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import format_count

_INCOMPLETE: Final = "not in the file: export each issue's changelog as a whole"


def changes(issue: JsonObject, problems: Problems) -> Iterator[PastChange]:
    """The changes of status and assignee, and when versions that fix it were released."""
    log = mapping(issue.get("changelog"))
    histories = objects(log.get("histories"))
    total = log.get("total")
    if isinstance(total, int) and total > len(histories):
        missing = format_count(total - len(histories), "change is", "changes are")
        problems.add(f"{clean(issue.get('key'))}: {missing} {_INCOMPLETE}", "changelogs are cut")
    for history in histories:
        yield from _changes(history)
    yield from _releases(mapping(issue.get("fields")))


def _changes(history: JsonObject) -> Iterator[PastChange]:
    at_ms = dates.unix_ms(clean(history.get("created")))
    actor = person_of(history.get("author")) or ""
    for item in objects(history.get("items")) if at_ms is not None else ():
        names = clean(item.get("fromString")), clean(item.get("toString"))
        if item.get("field") == "status":
            yield PastChange(at_ms or 0, "status", *names, actor)
        elif item.get("field") == "assignee":
            before = _person(item.get("from"), names[0])
            after = _person(item.get("to"), names[1])
            yield PastChange(at_ms or 0, "assignee", before, after, actor)


def _person(id: Json, name: str) -> Raw:
    account = clean(id)
    return Person(account, name or account) if account else name


def _releases(fields: JsonObject) -> Iterator[PastChange]:
    for version in objects(fields.get("fixVersions")):
        at_ms = dates.unix_ms(clean(version.get("releaseDate")))
        if version.get("released") is True and at_ms is not None:
            yield PastChange(at_ms, "release", "", clean(version.get("name")))
