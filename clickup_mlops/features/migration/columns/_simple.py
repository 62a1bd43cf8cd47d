"""Column types that need no conversion of their own: text, people, links, events. Pure.

A type with its own conversion is a file beside this one.
"""

from typing import Final

from clickup_mlops.features.migration.columns._addresses import LABEL
from clickup_mlops.features.migration.columns._build import (
    DESCRIPTION,
    LONG_TEXT,
    NOTHING,
    SHORT_TEXT,
)
from clickup_mlops.features.migration.columns._docs import doc_type
from clickup_mlops.features.migration.columns._events import event_type
from clickup_mlops.features.migration.columns._links import (
    CONTENT,
    NOT_CONNECTED,
    REFUSED,
    link_type,
)
from clickup_mlops.features.migration.columns._model import ColumnType, Converted, Loss, Target
from clickup_mlops.features.migration.columns._people import AS_TEXT, NO_ACCOUNT, TEAM, people_type
from clickup_mlops.features.migration.columns._periods import period_type
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._snapshot import LIVE, snapshot
from clickup_mlops.features.migration.records import Column

_ADDRESS: Final = "https://acme.monday.com/docs/5"
_ISSUE: Final = "https://github.com/acme/serving/issues/7"
_PAPER: Final = "https://arxiv.org/abs/2309.06180"
_LINK: Final = Column("link", "Paper", "link")
_OWNER: Final = Column("owner", "Owner", "people")
_ANN: Final = {"id": "1", "kind": "person"}
_TIMELINE: Final = Column("timeline", "Timeline", "timeline")
_MARCH: Final = {"from": "2026-03-01", "to": "2026-03-15"}
_DATES: Final = {"start_ms": 1772359200000, "due_ms": 1773568800000, "dates_have_time": False}

COLUMNS: Final[dict[str, ColumnType]] = {
    "auto_number": plain(
        "A text field: ClickUp numbers tasks by its own.",
        (SHORT_TEXT, NOTHING),
        sample(
            Column("auto_number", "No.", "auto_number"),
            "17",
            "field:short_text",
            Converted(value="17"),
        ),
    ),
    "battery": snapshot(
        "Left out by default: the subtasks have their statuses.",
        (NOTHING, SHORT_TEXT),
        samples=(
            sample(
                Column("battery", "Status", "battery"),
                "Done 3, Stuck 1",
                "description",
                Converted(
                    lines=("**Status:** Done 3, Stuck 1",), losses=(Loss(LIVE, "Done 3, Stuck 1"),)
                ),
            ),
        ),
    ),
    "button": snapshot(
        "Left out by default: ClickUp's buttons and what they do are made by hand.",
        (NOTHING, DESCRIPTION),
        samples=(
            sample(
                Column("button", "Deploy", "button"),
                "Deploy",
                "description",
                Converted(lines=("**Deploy:** Deploy",), losses=(Loss(LIVE, "Deploy"),)),
            ),
        ),
    ),
    "color_picker": plain(
        "A text field with the colour's code: ClickUp has no field for colours.",
        (SHORT_TEXT,),
        sample(
            Column("color_picker", "Colour", "color_picker"),
            "#ff5733",
            "field:short_text",
            Converted(value="#ff5733"),
        ),
    ),
    "creation_log": event_type(
        "A line in the description, or a date or people field: "
        "ClickUp's own date of creation is that of the move.",
        sample(
            Column("creation_log", "Created", "creation_log"),
            {"at_ms": 1780304400000, "person": "1"},
            "description",
            Converted(lines=("**Created:** 2026-06-01 09:00 UTC, Ann Lee",)),
        ),
    ),
    "direct_doc": doc_type(
        "A link in the description, or a website field. The document itself stays in the source.",
        sample(
            Column("direct_doc", "Design", "direct_doc"),
            {"doc": "5", "url": _ADDRESS},
            "description",
            Converted(
                lines=(f"**Design:** [document 5]({_ADDRESS})",), losses=(Loss(CONTENT, _ADDRESS),)
            ),
        ),
    ),
    "doc": doc_type(
        "A link in the description, or a website field. The document itself stays in the source.",
        sample(
            Column("doc", "Design", "doc"),
            {"doc": "5", "url": _ADDRESS},
            "description",
            Converted(
                lines=(f"**Design:** [document 5]({_ADDRESS})",), losses=(Loss(CONTENT, _ADDRESS),)
            ),
        ),
    ),
    "formula": snapshot(
        "A text or number field with the result of now; the formula itself is in the report.",
        (SHORT_TEXT, Target("field", "number")),
        samples=(
            sample(
                Column("formula", "Cost per token", "formula"),
                "0.25",
                "field:number",
                Converted(value=0.25, losses=(Loss(LIVE, "0.25"),)),
            ),
        ),
    ),
    "group": plain(
        "Left out: the mapping says what becomes of groups.",
        (NOTHING, SHORT_TEXT),
        sample(Column("group", "Group", "group"), "Backlog", "none", Converted()),
        kept_elsewhere=True,
    ),
    "integration": link_type(
        "A website field with the object's address; it is not kept up to date any more.",
        (Target("field", "url"), Target("description")),
        loss=NOT_CONNECTED,
        samples=(
            sample(
                Column("issue", "Issue", "integration"),
                {"url": _ISSUE, "text": _ISSUE},
                "field:url",
                Converted(value=_ISSUE, losses=(Loss(NOT_CONNECTED, _ISSUE),)),
            ),
        ),
    ),
    "item_assignees": people_type(
        "Left out by default: the people columns have the same people.",
        (Target("none"), Target("assignees"), Target("field", "users")),
        (
            sample(
                Column("all", "Everybody", "item_assignees"),
                "Ann Lee, Bo Ito",
                "assignees",
                Converted(
                    lines=("**Everybody:** Ann Lee, Bo Ito",),
                    losses=(Loss(AS_TEXT, "Ann Lee, Bo Ito"),),
                ),
            ),
        ),
    ),
    "item_id": plain(
        "Left out: the field for the source's id has it.",
        (NOTHING, SHORT_TEXT),
        sample(Column("item_id", "Item ID", "item_id"), "8137", "none", Converted()),
        kept_elsewhere=True,
    ),
    "last_updated": event_type(
        "A line in the description, or a date or people field: "
        "ClickUp's own date of change is that of the move.",
        sample(
            Column("last_updated", "Changed", "last_updated"),
            {"at_ms": 1780304400000, "person": "1"},
            "description",
            Converted(lines=("**Changed:** 2026-06-01 09:00 UTC, Ann Lee",)),
        ),
    ),
    "link": link_type(
        "A website field; what ClickUp does not take for an address is kept in the description.",
        (Target("field", "url"), Target("description")),
        samples=(
            sample(
                _LINK,
                {"url": _PAPER, "text": "PagedAttention"},
                "field:url",
                Converted(value=_PAPER, losses=(Loss(LABEL, "PagedAttention"),)),
            ),
            sample(
                _LINK,
                {"url": "arxiv.org", "text": ""},
                "field:url",
                Converted(lines=("**Paper:** arxiv.org",), losses=(Loss(REFUSED, "arxiv.org"),)),
            ),
        ),
    ),
    "long_text": plain(
        "A text-area field, or a part of the description.",
        (LONG_TEXT, DESCRIPTION),
        sample(
            Column("long_text", "Details", "long_text"),
            "a_b\n# c",
            "description",
            Converted(lines=("**Details:**", "a\\_b", "\\# c")),
        ),
    ),
    "mirror": snapshot(
        "A text field with what the connected items show now.",
        (SHORT_TEXT,),
        samples=(
            sample(
                Column("mirror", "Model of the deal", "mirror"),
                "Llama 4",
                "field:short_text",
                Converted(value="Llama 4", losses=(Loss(LIVE, "Llama 4"),)),
            ),
        ),
    ),
    "name": plain(
        "Left out: it is the task's name.",
        (NOTHING,),
        sample(Column("name", "Name", "name"), "Tune vLLM", "none", Converted()),
        kept_elsewhere=True,
    ),
    "people": people_type(
        "The task's assignees, or a people field. Teams become their members; who has no account "
        "in ClickUp is named in the description.",
        (Target("assignees"), Target("field", "users")),
        (
            sample(_OWNER, [_ANN], "assignees", Converted({"assignees": [101]})),
            sample(
                _OWNER,
                [_ANN, {"id": "2", "kind": "person"}],
                "field:users",
                Converted(
                    value=[101], lines=("**Owner:** Bo Ito",), losses=(Loss(NO_ACCOUNT, "Bo Ito"),)
                ),
            ),
        ),
    ),
    "person": people_type(
        "The task's assignees, or a people field.",
        (Target("assignees"), Target("field", "users")),
        (
            sample(
                Column("person", "Person", "person"),
                [{"id": "1", "kind": "person"}],
                "assignees",
                Converted({"assignees": [101]}),
            ),
        ),
    ),
    "progress": snapshot(
        "Left out by default: ClickUp computes a task's progress by itself.",
        (NOTHING, SHORT_TEXT, Target("field", "number")),
        samples=(
            sample(
                Column("progress", "Progress", "progress"),
                "75%",
                "description",
                Converted(lines=("**Progress:** 75%",), losses=(Loss(LIVE, "75%"),)),
            ),
        ),
    ),
    "subtasks": plain(
        "Left out: they become subtasks.",
        (NOTHING,),
        sample(Column("subtasks", "Subitems", "subtasks"), "Bench, Tune", "none", Converted()),
        kept_elsewhere=True,
    ),
    "team": people_type(
        "A people field with the team's members; the team is named in the description.",
        (Target("field", "users"), Target("assignees")),
        (
            sample(
                Column("team", "Team", "team"),
                [{"id": "9", "kind": "team"}],
                "field:users",
                Converted(
                    value=[101, 103], lines=("**Team:** Infra",), losses=(Loss(TEAM, "Infra"),)
                ),
            ),
        ),
    ),
    "text": plain(
        "A text field.",
        (SHORT_TEXT, LONG_TEXT),
        sample(
            Column("text", "Note", "text"),
            "57 lenox ave",
            "field:short_text",
            Converted(value="57 lenox ave"),
        ),
    ),
    "timeline": period_type(
        "Start and due date; a milestone becomes a task of the type Milestone.",
        (
            sample(_TIMELINE, _MARCH, "dates", Converted(_DATES)),
            sample(
                _TIMELINE,
                {**_MARCH, "milestone": True},
                "dates",
                Converted({**_DATES, "type_id": 1}),
            ),
            sample(
                _TIMELINE, _MARCH, "field:short_text", Converted(value="2026-03-01 to 2026-03-15")
            ),
        ),
    ),
    "unsupported": plain(
        "The text that the source shows, in the description.",
        (DESCRIPTION,),
        sample(
            Column("unsupported", "Gadget", "unsupported"),
            "on",
            "description",
            Converted(lines=("**Gadget:** on",)),
        ),
    ),
    "week": period_type(
        "Start and due date: the week's first and last day.",
        (
            sample(
                Column("week", "Week", "week"),
                {"from": "2026-01-05", "to": "2026-01-11"},
                "dates",
                Converted(
                    {"start_ms": 1767607200000, "due_ms": 1768125600000, "dates_have_time": False}
                ),
            ),
        ),
    ),
    "world_clock": plain(
        "A text field with the zone's name.",
        (SHORT_TEXT,),
        sample(
            Column("world_clock", "Zone", "world_clock"),
            "Europe/London",
            "field:short_text",
            Converted(value="Europe/London"),
        ),
    ),
}
