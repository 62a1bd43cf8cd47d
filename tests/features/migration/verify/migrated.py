"""A board of the source and the same thing in ClickUp, put there by direct calls.

Nothing of a run is used: what a verification must find equal is written down twice, by hand.
"""

from collections.abc import Callable
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from clickup_mlops.clickup import blocks
from clickup_mlops.clickup.budget import PriorityClass
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.content import Attachment
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Mapping,
    PersonTable,
    PlaceTable,
    SourceTable,
)
from clickup_mlops.features.migration.records import (
    Asset,
    Board,
    Cell,
    Column,
    Group,
    Item,
    Option,
    Person,
    Update,
)
from clickup_mlops.features.migration.source import Source
from clickup_mlops.features.migration.verify.verify import Options, Sides, Verified, verify
from clickup_mlops.features.provisioning.apply.created_objects import Own, no_own
from clickup_mlops.sandbox import Sandbox
from tests.features.migration.memory_source import MemorySource

STATUS = (Option("0", "Working on it"), Option("1", "Done", done=True))
COLORS = (Option("a", "Red, dark"), Option("b", "Blue"))
PRIORITIES = (Option("9", "Critical ⚠️"), Option("8", "Low"))
COLUMNS = (
    Column("status", "Status", "status", options=STATUS),
    Column("prio", "Priority", "status", options=PRIORITIES),
    Column("who", "Owner", "people"),
    Column("due", "Due", "date"),
    Column("tags", "Tags", "tags"),
    Column("notes", "Notes", "long_text"),
    Column("number", "GPU hours", "numbers"),
    Column("one", "Colour", "status", options=COLORS),
    Column("many", "Colours", "dropdown", options=COLORS),
    Column("tick", "Checked", "checkbox"),
    Column("when", "Started", "date"),
    Column("link", "Run", "link"),
    Column("mail", "Mail", "email"),
    Column("phone", "Phone", "phone"),
    Column("place", "Site", "location"),
    Column("text", "Model", "text"),
    Column("stars", "Stars", "rating"),
    Column("reviewers", "Reviewers", "people"),
    Column("deps", "Waits for", "dependency"),
    Column("links", "Related", "board_relation"),
    Column("refs", "Models", "board_relation"),
    Column("gone", "Progress", "progress"),
)
FIELDS: ReadOnly[str, tuple[str, str]] = {
    "number": ("GPU hours", "number"),
    "one": ("Colour", "drop_down"),
    "many": ("Colours", "labels"),
    "tick": ("Checked", "checkbox"),
    "when": ("Started", "date"),
    "link": ("Run", "url"),
    "mail": ("Mail", "email"),
    "phone": ("Phone", "phone"),
    "place": ("Site", "location"),
    "text": ("Model", "short_text"),
    "stars": ("Stars", "emoji"),
    "reviewers": ("Reviewers", "users"),
    "refs": ("Models", "tasks"),
}
SLOTS: ReadOnly[str, Any] = {
    "status": "status",
    "prio": "priority",
    "who": "assignees",
    "due": "due",
    "tags": "tags",
    "notes": "description",
    "deps": "dependencies",
    "links": "links",
    "gone": "none",
}
OPTIONS = {
    "status": {"0": "in progress", "1": "complete"},
    "prio": {"9": "urgent", "8": "low"},
}
PEOPLE = (
    Person("p1", "Maria K.", "maria@old.example"),
    Person("p2", "Jonas W."),
    Person("p3", "Nobody Here"),
    Person("t1", "The team", kind="team", members=("p1", "p2")),
)
BOARD = Board("b1", "Serving", COLUMNS, groups=(Group("g1", "Now"), Group("g2", "Later")))
GROUPS = {group.id: group.title for group in BOARD.groups}
NOON_MS = 1_781_524_800_000  # 2026-06-15 12:00 UTC
CONTENT = b"weights" * 100


def table(column: Column) -> ColumnTable:
    """What the mapping says of a column."""
    field, kind = FIELDS.get(column.id, ("", ""))
    return ColumnTable(
        title=column.title,
        type=column.type,
        to=SLOTS.get(column.id, "field"),
        field=field,
        field_type=kind,
        options=OPTIONS.get(column.id, {}),
    )


MAPPING = Mapping(
    name="move",
    source=SourceTable(kind="memory"),
    people={
        "p1": PersonTable(name="Maria K.", email="Maria@example.com"),
        "p2": PersonTable(name="Jonas W.", email="jonas@example.com"),
        "p3": PersonTable(name="Nobody Here"),
    },
    boards={
        "b1": BoardTable(
            name="Serving",
            place=PlaceTable(space="Team", folder="Work", list="Tasks"),
            group_names=GROUPS,
            columns={column.id: table(column) for column in COLUMNS},
            subitem_columns={},
        )
    },
)
CELLS = {
    "status": Cell("1", "Done"),
    "prio": Cell("9", "Critical ⚠️"),
    "who": Cell([{"id": "p1", "kind": "person"}, {"id": "p3", "kind": "person"}], "Maria, Nobody"),
    "due": Cell({"date": "2026-06-15", "time": None}, "2026-06-15"),
    "tags": Cell(["LLM", "serving"], "LLM, serving"),
    "notes": Cell("First *line*\nsecond", "First *line*\nsecond"),
    "number": Cell("12.50", "12.50"),
    "one": Cell("a", "Red, dark"),
    "many": Cell(["a", "b"], "Red, dark, Blue"),
    "tick": Cell(True, "v"),
    "when": Cell({"date": "2026-06-15", "time": "12:00:00"}, "2026-06-15 14:00"),
    "link": Cell({"url": "https://example.org/run/1", "text": "Run 1"}, "Run 1"),
    "mail": Cell({"email": "ops@example.org", "text": "Ops"}, "Ops"),
    "phone": Cell({"phone": "4930123456", "country": "DE"}, "4930123456"),
    "place": Cell({"lat": 52.52, "lng": 13.405, "address": "Berlin"}, "Berlin"),
    "text": Cell("llama  70b", "llama  70b"),
    "stars": Cell(4, "4"),
    "reviewers": Cell([{"id": "t1", "kind": "team"}], "The team"),
    "deps": Cell([{"item": "2", "type": "FS", "lag_days": 0}]),
    "links": Cell([{"item": "3", "board": "b1", "name": "Third"}]),
    "refs": Cell([{"item": "2", "board": "b1", "name": "Second"}]),
    "gone": Cell("50%", "50%"),
}
ITEMS = (
    Item("1", "b1", "Serve 🦙 · שלום", "g1", cells=CELLS, description="About **it**."),
    Item("2", "b1", "Second", "g1"),
    Item("3", "b1", "Third", "g2"),
    Item("11", "b1", "Sub", "g1", parent_id="1"),
)
UPDATES = (
    Update("u1", "1", "<p>Hello &amp; <b>welcome</b> <a data-mention-id='p1'>@M</a></p>", "p1"),
    Update("u2", "1", "<p>An answer</p>", "p2", created_ms=NOON_MS, reply_to="u1"),
    Update("u3", "1", "<p>Second thought</p>", author_name="Long gone", created_ms=NOON_MS),
    Update("u4", "1", "<p>Second thought</p>", author_name="Long gone", created_ms=NOON_MS),
)
ASSETS = (
    Asset("f1", "weights.bin", "1", size=len(CONTENT)),
    Asset("f2", "unknown size.txt", "1"),
)
SOURCE = MemorySource(
    (BOARD,), ITEMS, UPDATES, ASSETS, PEOPLE, contents={"f1": CONTENT, "f2": b"text"}
)


@dataclass
class Migrated:
    """The sandbox with the tasks in it; `tasks` are their ids by the items'."""

    sandbox: Sandbox
    clickup: ClickUp
    tasks: dict[str, str]
    comments: dict[str, str]
    source: MemorySource

    @property
    def list_id(self) -> str:
        """The List that the mapping fills."""
        return self.sandbox.control.list_id("Tasks")

    def field(self, name: str) -> Any:
        """A field of the List, by name."""
        return next(
            field for field in self.clickup.fields.of_list(self.list_id) if field.name == name
        )

    def set(self, item: str, name: str, value: object) -> None:
        """Change a field of an item's task."""
        self.clickup.fields.set(self.tasks[item], self.field(name), value)

    def verify(
        self,
        source: Source | None = None,
        *,
        mapping: Mapping = MAPPING,
        quick: bool = False,
        attachment: Callable[[Attachment], BinaryIO] | None = None,
        automations: Callable[[str], Own] = no_own,
    ) -> Verified:
        """Compare."""
        clickup = self.clickup.with_priority_class(PriorityClass.BULK)
        team_id = self.sandbox.team_id
        sides = Sides(source or self.source, clickup, team_id, mapping, automations)
        return verify(sides, NOON_MS, Options(quick, attachment))

    def differences(self, source: Source | None = None) -> list[tuple[str, str]]:
        """What differs: item and field."""
        return [
            (difference.item, difference.field)
            for difference in self.verify(source).summary.differences
        ]


def migrate(sandbox: Sandbox, clickup: ClickUp) -> Migrated:
    """Put the board into ClickUp, as a run should."""
    control, choices = sandbox.control, ("Red, dark", "Blue")
    for name, kind in (("Source ID", "short_text"), *FIELDS.values()):
        control.create_field(name, kind, choices=choices if kind in ("drop_down", "labels") else ())
    control.create_field("Group", "drop_down", choices=[group.title for group in BOARD.groups])
    migrated = Migrated(sandbox, clickup, {}, {}, replace(SOURCE))
    list_id, people = migrated.list_id, {member.email: member.id for member in control.members}
    for item in ITEMS:
        migrated.tasks[item.id] = clickup.tasks.create(
            list_id,
            item.name,
            parent_id=migrated.tasks.get(item.parent_id or ""),
            fields=[
                (migrated.field("Source ID"), item.id),
                (migrated.field("Group"), GROUPS[item.group_id]),
            ],
            **(_attributes(people) if item.id == "1" else {}),
        ).id
    maria, jonas = people["maria@example.com"], people["jonas@example.com"]
    for name, value in _values(maria, jonas, migrated.tasks).items():
        migrated.set("1", name, value)
    clickup.relations.wait_for(migrated.tasks["1"], migrated.tasks["2"])
    clickup.relations.link(migrated.tasks["3"], migrated.tasks["1"])
    _talk(migrated, maria)
    clickup.attachments.add(migrated.tasks["1"], "weights.bin", CONTENT)
    clickup.attachments.add(migrated.tasks["1"], "unknown size.txt", b"text")
    return migrated


def _attributes(people: dict[str, int]) -> dict[str, Any]:
    return {
        "markdown": "About **it**.\n\n**Owner:** Nobody Here\n\n"
        "**Notes:**\n\nFirst \\*line\\*\n\nsecond\n",
        "status": "complete",
        "priority": 1,
        "assignees": [people["maria@example.com"]],
        "tags": ["llm", "serving"],
        "due_ms": NOON_MS - 2 * 3_600_000,
        "dates_have_time": False,
    }


def _values(maria: int, jonas: int, tasks: dict[str, str]) -> dict[str, object]:
    return {
        "GPU hours": 12.5,
        "Colour": "Red, dark",
        "Colours": ["Blue", "Red, dark"],
        "Checked": True,
        "Started": NOON_MS,
        "Run": "https://example.org/run/1",
        "Mail": "ops@example.org",
        "Phone": "+49 30 123456",
        "Site": {"location": {"lat": 52.52, "lng": 13.405}, "formatted_address": "Berlin"},
        "Model": "llama  70b",
        "Stars": 4,
        "Reviewers": [maria, jonas],
        "Models": [tasks["2"]],
    }


def _talk(migration: Migrated, maria: int) -> None:
    clickup, task = migration.clickup, migration.tasks["1"]

    def add(update: str, text: str) -> None:
        migration.comments[update] = clickup.comments.add(task, blocks.from_markdown(text)).id

    add("u1", f"**Maria K.**\n\nHello & **welcome** {blocks.format_mention(maria, 'Maria')}")
    answer = blocks.from_markdown("**Jonas W.** · 2026-06-15 12:00 UTC\n\nAn answer")
    migration.comments["u2"] = clickup.comments.reply(migration.comments["u1"], answer).id
    add("u3", "**Long gone** · 2026-06-15 12:00 UTC\n\nSecond thought")
    add("u4", "**Long gone** · 2026-06-15 12:00 UTC\n\nSecond thought")
    clickup.comments.add(task, "What people write later is nobody's update.")
