"""An update becomes a comment that says who wrote it and when."""

import pytest

from clickup_mlops.clickup import blocks
from clickup_mlops.features.migration.comments import comment
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.records import Update
from clickup_mlops.features.migration.steps import AddComment
from tests.features.migration.columns.cells import PEOPLE

MAPPING = Mapping(name="m", source={"kind": "monday"})
NINE = 1780304400000
MENTION = '<a data-mention-id="1">@Ann Lee</a> <a data-mention-id="2"></a>'


def _markdown(**more: object) -> str:
    values = {"id": "u1", "item_id": "i1", "html": "<p>Done</p>", "author": "1"}
    step, _losses = comment(Update(**{**values, **more}), MAPPING, PEOPLE)  # type: ignore[arg-type]
    return step.markdown


def test_a_comment_begins_with_author_and_time() -> None:
    """In ClickUp the token's owner is the author of everything."""
    step, losses = comment(
        Update("u1", "i1", "<p>Done</p>", "1", created_ms=NINE, reply_to="u0"), MAPPING, PEOPLE
    )

    assert step == AddComment("u1", "i1", "**Ann Lee** · 2026-06-01 09:00 UTC\n\nDone", "u0")
    assert losses == ()


def test_what_else_is_known_of_an_update_is_in_its_first_line() -> None:
    """A comment can be neither pinned nor liked for others; likes would be edits all the time."""
    markdown = _markdown(
        created_ms=NINE, edited_ms=NINE + 60_000, pinned=True, likes=2, assets=("1", "2")
    )

    assert markdown.splitlines()[0] == (
        "**Ann Lee** · 2026-06-01 09:00 UTC · edited 2026-06-01 09:01 UTC · pinned · 2 files"
    )


def test_one_file_is_one() -> None:
    """And an edit at the time of writing is none."""
    markdown = _markdown(created_ms=NINE, edited_ms=NINE, assets=("1",), html="")

    assert markdown == "**Ann Lee** · 2026-06-01 09:00 UTC · 1 file"


@pytest.mark.parametrize(
    ("author", "name", "label"),
    [
        ("2", "Bo", "Bo Ito"),
        ("404", "Gone *Person*", "Gone \\*Person\\*"),
        ("-4", "", "An automation"),
        ("404", "", "Somebody"),
        ("", "", "Somebody"),
    ],
)
def test_an_author_who_is_not_known_has_the_best_name_there_is(author, name, label) -> None:
    """People who left, automations, and exports that name nobody."""
    assert _markdown(author=author, author_name=name).startswith(f"**{label}**\n\n")


def test_people_are_mentioned_if_the_mapping_says_so() -> None:
    """The others are named."""
    loud = MAPPING.model_copy(update={"mentions": True})
    step, _losses = comment(Update("u1", "i1", MENTION, "1"), loud, PEOPLE)

    markdown = blocks.from_markdown(step.markdown)
    assert [block["user"]["id"] for block in markdown if block.get("type") == "tag"] == [101]
    assert "Bo Ito" in blocks.extract_text(markdown)


def test_nobody_is_mentioned_by_default() -> None:
    """A thousand old mentions would be a thousand notifications."""
    step, _losses = comment(Update("u1", "i1", MENTION, "1"), MAPPING, PEOPLE)

    markdown = blocks.from_markdown(step.markdown)
    assert not [block for block in markdown if block.get("type") == "tag"]
    assert "Ann Lee" in blocks.extract_text(markdown[2:])


def test_a_picture_has_the_name_of_its_file() -> None:
    """The file itself is attached to the task."""
    update = Update("u1", "i1", '<img data-asset_id="3">', "1")

    step, _losses = comment(update, MAPPING, PEOPLE, {"3": "a.png"})

    assert step.markdown.endswith("(image: a.png)")


def test_a_comment_with_its_first_line_is_no_longer_than_clickup_shows() -> None:
    """What is cut is a loss of the updates."""
    step, losses = comment(Update("u1", "i1", "<p>" + "a " * 60_000, "1"), MAPPING, PEOPLE)

    assert len(step.markdown) <= blocks.LONGEST
    assert [loss.title for loss in losses] == ["updates"]
