"""A mapping file: what is written is read back the same, and every mistake is named."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.columns._model import Slot
from clickup_mlops.features.migration.mapping import file
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Groups,
    Location,
    Mapping,
    PersonTable,
    PlaceTable,
    SourceTable,
)

# Surrogates are no text that a file can hold.
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
texts = st.lists(text, max_size=3).map(tuple)
names = st.dictionaries(text, text, max_size=3)
columns = st.dictionaries(
    text,
    st.builds(
        ColumnTable,
        title=text,
        type=text,
        to=st.sampled_from(get_args(Slot)),
        field=text,
        field_type=text,
        options=names,
        because=text,
    ),
    max_size=3,
)
boards = st.builds(
    BoardTable,
    name=text,
    place=st.builds(PlaceTable, space=text, folder=text, list=text, template=text),
    groups=st.sampled_from(get_args(Groups)),
    group_names=names,
    columns=columns,
    subitem_columns=columns,
)
mappings = st.builds(
    Mapping,
    name=text,
    source=st.builds(
        SourceTable, kind=text, boards=texts, workspace=text, files=texts, columns_file=text
    ),
    id_field=text,
    updates=st.booleans(),
    people=st.dictionaries(text, st.builds(PersonTable, name=text, email=text, members=texts)),
    boards=st.dictionaries(text, boards, max_size=2),
)

SMALL = """
name = "ml"
[source]
kind = "monday"
[boards.1]
name = "Models"
[boards.1.place]
space = "ML"
list = "Models"
[boards.1.columns.status]
title = "Status"
type = "status"
to = "status"
"""


def read(toml: str) -> Mapping:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ml.toml"
        path.write_bytes(toml.encode())
        return file.load(path)


@given(mappings, st.dictionaries(st.lists(text).map(tuple), st.lists(text, max_size=2)))
def test_what_is_written_is_read_back_the_same(mapping: Mapping, notes: file.Notes) -> None:
    """Whatever the names are, and whatever the comments say."""
    assert read(file.dumps(mapping, notes)) == mapping


@given(mappings)
def test_every_comment_is_written(mapping: Mapping) -> None:
    """Above what it is about, and on one line."""
    notes: dict[Location, list[str]] = {}
    for board_id, board in mapping.boards.items():
        place = ("boards", board_id)
        notes[place] = ["of\na board"]
        notes |= {(*place, "columns", column): ["of a column"] for column in board.columns}
        notes[*place, "place", "space"] = ["of a key"]

    toml = file.dumps(mapping, notes)

    assert toml.count("# of a board\n[boards.") == len(mapping.boards)
    assert toml.count("# of a key\nspace = ") == len(mapping.boards)
    assert toml.count("# of a column\n") == sum(len(b.columns) for b in mapping.boards.values())


@given(mappings)
def test_the_same_mapping_gives_the_same_text(mapping: Mapping) -> None:
    """So that a difference in version control is a difference in the mapping."""
    toml = file.dumps(mapping)

    assert file.dumps(read(toml)) == toml


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('title = "Status"', "", "boards.1.columns.status.title: it is missing"),
        ('title = "Status"', "title = 1", "boards.1.columns.status.title: Input should be text"),
        (
            'to = "status"',
            'to = "statsu"',
            'boards.1.columns.status.to: "statsu" is not a choice here; did you mean "status"?',
        ),
        (
            'title = "Status"',
            'titel = "Status"',
            'boards.1.columns.status.titel: there is no such key; did you mean "title"?',
        ),
        ('space = "ML"', 'spaces = "ML"', "boards.1.place.spaces: there is no such key; did you"),
        ('kind = "monday"', 'kind = "monday"\nqqq = 1', "source.qqq: there is no such key; known:"),
        ('name = "ml"', 'name = "ml"\nfile = false', "file: there is no such key; did you mean"),
        ('name = "Models"', 'name = "Models"\ngroups = 1', 'boards.1.groups: "1" is not a'),
        ("[source]", "people = 1\n[source]", "people: Input should be a table"),
        ("[boards.1]", "[boards]\n2 = 1\n[boards.1]", "boards.2: Input should be a table"),
        ("[source]", "[source", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(
    before: str, after: str, message: str, tmp_path: Path
) -> None:
    """And with the word that was probably meant."""
    path = tmp_path / "ml.toml"
    path.write_text(SMALL.replace(before, after, 1))

    with pytest.raises(ContentError) as wrong:
        file.load(path)

    assert message in str(wrong.value)
    assert str(path) in str(wrong.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    """Each with its key; the hint says where a complete file comes from."""
    path = tmp_path / "ml.toml"
    path.write_text(SMALL.replace("title", "titel").replace('"ML"', "1"))

    with pytest.raises(ContentError) as wrong:
        file.load(path)

    lines = str(wrong.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith(str(path)) for line in lines)
    assert "migrate draft" in wrong.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """As every file that cannot be read."""
    with pytest.raises(ContentError, match=r"none\.toml"):
        file.load(tmp_path / "none.toml")
