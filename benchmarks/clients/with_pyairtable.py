"""The same five jobs with pyairtable 3.5: records of a table."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import requests
from pyairtable import Api, Table
from pyairtable.formulas import match


def list_open(token: str, url: str) -> list[tuple[str, int | None]]:
    """Name and priority of each open one, found by the address in the browser."""
    base_id, table_id = re.search(r"/(app\w+)/(tbl\w+)", url).groups()
    table = Api(token).table(base_id, table_id)
    records = table.all(formula=match({"Done": False}), fields=["Name", "Priority"])
    return [(each["fields"]["Name"], each["fields"].get("Priority")) for each in records]


def add(table: Table, name: str, due: datetime) -> str:
    """A new one with a label and a due date."""
    fields = {"Name": name, "Due": due.isoformat(), "Tags": ["gpu"]}
    return table.create(fields, typecast=True)["id"]


def raise_all(table: Table, ids: list[str]) -> list[str]:
    """Change many, with progress; those that could not be changed."""
    failed = []
    for start in range(0, len(ids), 10):
        chunk = ids[start : start + 10]
        try:
            table.batch_update([{"id": each, "fields": {"Priority": 1}} for each in chunk])
        except requests.HTTPError:
            failed += chunk
        print(f"\r{min(start + 10, len(ids))} of {len(ids)}", end="")
    return failed


def comment_once(table: Table, record_id: str, text: str) -> None:
    """A comment that is not written twice when the line breaks."""
    try:
        table.add_comment(record_id, text)
    except requests.ConnectionError:
        if all(text not in comment.text for comment in table.comments(record_id)):
            table.add_comment(record_id, text)


def follow(table: Table) -> Iterator[Any]:
    """Whatever is new or changed from now on."""
    since = datetime.now(UTC)
    while True:
        now = datetime.now(UTC)
        yield from table.all(formula=f"LAST_MODIFIED_TIME() >= '{since.isoformat()}'")
        since = now
        time.sleep(30)
