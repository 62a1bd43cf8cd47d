"""Boards of many shapes, for property tests."""

from hypothesis import strategies as st

from clickup_mlops.features.migration.convert import column_types
from clickup_mlops.features.migration.records import Board, Column, Group, Option, Person

# Surrogates are no text that anything can hold.
COMMON = ("status", "dropdown", "people", "date", "timeline", "text", "numbers", "tags")
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = (
    "Status",
    "status ",
    "Priority",
    "Group",
    "Source ID",
    "Model",
    "Owner",
    "Due",
    "",
    "x" * 300,
)
names = st.sampled_from(NAMES) | text
OPTIONS = ("Done", "done", "To do", "High", "low", "Urgent", "", " ", "🚀 Ship", "עברית")
colors = st.sampled_from(("", "#ff0000", "#00c875"))
options = st.lists(
    st.builds(
        Option,
        key=st.integers(0, 30).map(str),
        name=st.sampled_from(OPTIONS) | text,
        color=colors,
        done=st.booleans(),
        active=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda one: one.key,
).map(tuple)
columns = st.lists(
    st.builds(
        Column,
        id=st.sampled_from([f"c{n}" for n in range(9)]) | text,
        title=names,
        type=st.sampled_from([*column_types(), *COMMON * 5, "hologram"]),
        options=options,
        description=text,
    ),
    max_size=7,
    unique_by=lambda one: one.id,
).map(tuple)
groups = st.lists(
    st.builds(Group, id=text, title=st.sampled_from(("Group Title", "Done", "Backlog")) | names),
    max_size=4,
    unique_by=lambda one: one.id,
).map(tuple)
boards = st.lists(
    st.builds(
        Board,
        id=st.integers(1, 99).map(str),
        name=names,
        columns=columns,
        subitem_columns=columns,
        groups=groups,
        workspace=st.sampled_from(("ML", "ml", "")),
        folder=st.lists(st.sampled_from(("Serving", "Model", "")), max_size=2).map(tuple),
    ),
    max_size=4,
    unique_by=lambda one: one.id,
).map(tuple)
people = st.lists(
    st.builds(
        Person,
        id=text,
        name=text,
        email=st.sampled_from(("Ana@X.com", "bo@x.com", "", "eve@y.com")),
        kind=st.sampled_from(("person", "guest", "agent", "team")),
        active=st.booleans(),
        members=st.lists(text, max_size=2).map(tuple),
    ),
    max_size=4,
    unique_by=lambda one: one.id,
).map(tuple)
