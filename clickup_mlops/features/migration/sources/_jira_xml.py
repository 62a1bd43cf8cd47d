"""Jira's XML export of issues (RSS), as the objects that its API gives."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.markup import Markdown, markdown_of_html
from clickup_mlops.features.migration.sources._files.text import clean, mapping
from clickup_mlops.features.migration.sources._files.xml import read_xml, record_of, text_of
from clickup_mlops.features.migration.sources._jira_json import IssueFile
from clickup_mlops.json_types import Json, JsonObject

_NAMED: Final = {"type": "issuetype", "priority": "priority", "resolution": "resolution"}
_SEVERAL: Final = {"fixVersion": "fixVersions", "version": "versions", "component": "components"}
_TIMES: Final = {
    "created": "created",
    "updated": "updated",
    "resolved": "resolutiondate",
    "due": "duedate",
}
_SECONDS: Final = ("timeoriginalestimate", "timeestimate", "timespent")
_USED: Final = frozenset(
    {
        *_NAMED.keys(),
        *_SEVERAL.keys(),
        *_TIMES.keys(),
        *("title", "link", "project", "description", "environment", "key", "summary", "status"),
        *("statusCategory", "assignee", "reporter", "labels", "votes", "issuelinks", "attachments"),
        *("comments", "customfields", "parent", "security", "subtasks"),
        *("timeoriginalestimate", "timeestimate", "timespent"),
    }
)
"""Elements that are read. The others go to the fields as they are, where they are a loss."""
_UNRESOLVED: Final = ("", "-1")
_NOBODY: Final = ("-1", "")


def issue_file(path: Path) -> IssueFile:
    """The issues of a file. Raises ContentError."""
    root = read_xml(path)
    if root.tag != "rss" or root.find("channel") is None:
        raise ContentError(path, "", "is no issues of Jira: it is no RSS", hint=_EXPORT)
    items = root.findall("channel/item")
    names = {
        clean(field.get("id")): text_of(field, "customfieldname")
        for item in items
        for field in item.findall("customfields/customfield")
    }
    return IssueFile(path, [_issue(item) for item in items], names)


def _issue(item: Element) -> JsonObject:
    fields: dict[str, Json] = {
        "summary": text_of(item, "summary"),
        "project": _project(item),
        "description": Markdown(markdown_of_html(text_of(item, "description"))),
        "environment": Markdown(markdown_of_html(text_of(item, "environment"))),
        "status": _status(item),
        "parent": {"key": text_of(item, "parent")},
        "labels": [clean(label.text) for label in item.findall("labels/label")],
        "assignee": _person(item, "assignee"),
        "reporter": _person(item, "reporter"),
        "votes": {"votes": _integer(text_of(item, "votes"))},
        "comment": {
            "comments": [_comment(comment) for comment in item.findall("comments/comment")]
        },
        "issuelinks": list(_links(item)),
        "attachment": list(_attachments(item)),
        "security": {"name": text_of(item, "security")},
    }
    fields |= {name: _named(item, tag) for tag, name in _NAMED.items()}
    for tag, name in _SEVERAL.items():
        fields[name] = [{"name": clean(element.text)} for element in item.findall(tag)]
    fields |= {name: _moment(text_of(item, tag)) for tag, name in _TIMES.items()}
    fields["duedate"] = str(fields["duedate"])[:10]
    fields |= {name: _seconds(item.find(name)) for name in _SECONDS}
    fields |= dict(_customs(item))
    fields |= {tag: value for tag, value in mapping(record_of(item)).items() if tag not in _USED}
    return {"key": text_of(item, "key"), "fields": fields}


def _project(item: Element) -> JsonObject:
    project = item.find("project")
    return {} if project is None else {"key": project.get("key"), "name": clean(project.text)}


def _status(item: Element) -> JsonObject:
    category = item.find("statusCategory")
    key = category.get("key") if category is not None else ""
    return {"name": text_of(item, "status"), "statusCategory": {"key": key}}


def _named(item: Element, tag: str) -> JsonObject:
    element = item.find(tag)
    is_none = element is None or element.get("id", " ") in _UNRESOLVED
    return {} if is_none else {"name": text_of(item, tag)}


def _person(item: Element, tag: str) -> JsonObject:
    """Jira Cloud has account ids, Data Center user names; nobody is `-1`."""
    element = item.find(tag)
    id = "" if element is None else clean(element.get("accountid") or element.get("username"))
    return {} if id in _NOBODY else {"accountId": id, "displayName": text_of(item, tag)}


def _comment(comment: Element) -> JsonObject:
    author = clean(comment.get("author"))
    return {
        "id": clean(comment.get("id")),
        "author": {"accountId": author, "displayName": author} if author else {},
        "created": _moment(clean(comment.get("created"))),
        "body": Markdown(markdown_of_html(clean(comment.text))),
    }


def _links(item: Element) -> Iterator[JsonObject]:
    for kind in item.findall("issuelinks/issuelinktype"):
        for group, name in (("outwardlinks", "outwardIssue"), ("inwardlinks", "inwardIssue")):
            for key in kind.findall(f"{group}/issuelink/issuekey"):
                yield {"type": {"name": text_of(kind, "name")}, name: {"key": clean(key.text)}}


def _attachments(item: Element) -> Iterator[JsonObject]:
    site = _site(text_of(item, "link"))
    for attachment in item.findall("attachments/attachment"):
        id, name = clean(attachment.get("id")), clean(attachment.get("name"))
        url = f"{site}/secure/attachment/{quote(id)}/{quote(name)}"
        yield {"content": url, "filename": name, "mimeType": ""}


def _site(link: str) -> str:
    """Where Jira is, by the address of an issue; empty, if that is malformed."""
    try:
        address = urlsplit(link)
    except ValueError:
        return ""
    return f"{address.scheme}://{address.netloc}"


def _customs(item: Element) -> Iterator[tuple[str, Json]]:
    for field in item.findall("customfields/customfield"):
        elements = field.findall("customfieldvalues/*")
        texts = [text for element in elements if (text := clean("".join(element.itertext())))]
        if not texts:
            continue
        is_several = len(texts) > 1
        value: Json = [{"value": text} for text in texts] if is_several else _custom(texts[0])
        yield clean(field.get("id")), value


def _custom(text: str) -> Json:
    moment = _moment(text) if ", " in text else ""
    return moment or (markdown_of_html(text) if "<" in text else text)


def _moment(text: str) -> str:
    """`Tue, 11 Jul 2017 13:14:45 +0000` as ISO 8601, in UTC; empty if it is no such time."""
    try:
        moment = dates.moment(text)
    except ValueError:
        return ""
    value = dates.cell_value(moment)
    return f"{value['date']}T{value['time']}+00:00" if value["time"] else str(value["date"])


def _seconds(element: Element | None) -> int | None:
    return _integer(clean(element.get("seconds"))) if element is not None else None


def _integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


_EXPORT: Final = "In Jira, export issues as XML, or as CSV (all fields)."
