"""The report says what the store says, and no name in it can do anything."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.migration.plan.survey import survey
from clickup_mlops.features.migration.records import Item
from clickup_mlops.features.migration.report import render
from clickup_mlops.features.migration.report.model import Failure, Report
from clickup_mlops.features.migration.report.sections import status
from clickup_mlops.features.migration.verification_summary import Difference, VerificationSummary
from tests.features.migration.small_migration import cells, records, world

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "]]> --> </td></table>",
    "| a | b |\n|---|---|",
    "\x00\x1b[31m\u202eevil",
    "[x](javascript:alert(1))",
)
DIFFERENCE = Difference("11", "Due date", "2026-06-15", "2026-06-14", name="Draft", board="1")


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.said += data


def read(page: str) -> Tags:
    """What a browser would see."""
    tags = Tags()
    tags.feed(page)
    return tags


def report(name: str = "Draft") -> Report:
    """Of the small migration, two of its tasks done, an item named as given."""
    held = records()
    held.item_list = [
        *held.item_list,
        Item("14", "1", name, cells=cells(stage=name)),
    ]
    outcome = {"task:10": "done", "task:14": "done", "task:13": "failed"}
    small = replace(
        world(held), states=lambda keys: {key: outcome[key] for key in keys if key in outcome}
    )
    failure = Failure("task", "task:13", name, f"ClickUp answered 400: {name}")
    return Report(
        survey(small, missing=("live formulas",)),
        "my move.toml",
        (failure,),
        failed=1,
        as_of_ms=1_795_000_000_000,
    )


def verified(**changes: object) -> Report:
    """With the result of a verification."""
    summary = VerificationSummary(at_ms=1_795_000_000_000, compared=3, equal=3)
    return replace(report(), verification=replace(summary, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("render_it", [render.html, render.markdown])
@pytest.mark.parametrize(
    "part",
    [
        "2 / 5",
        'field "Stage"',
        "colours are not kept",
        "not kept: no field",
        "live formulas",
        "Person 2",
        "ClickUp answered 400: Draft",
        "clickup-mlops migrate run 'my move.toml'",
        "2026-11-18 11:06 UTC",
        "Signature",
    ],
)
def test_everything_is_said_in_both_forms(part: str, render_it: object) -> None:
    """Counts, form, losses, failures with reasons, the way to retry, and lines to sign."""
    created = render_it(report())  # type: ignore[operator]
    message = read(created).said if render_it is render.html else created.replace("\\", "")

    assert part in message


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_adds_no_tag(name: str) -> None:
    """The page has the same tags and attributes, whatever an item is called."""
    usual, result = read(render.html(report())), read(render.html(report(name)))

    assert result.tags == usual.tags
    assert result.attributes == usual.attributes
    assert "script" not in result.tags


@given(st.text() | st.sampled_from(HOSTILE))
def test_a_name_adds_no_row(name: str) -> None:
    """The Markdown has the same lines with tables, whatever an item is called."""
    usual, markdown = render.markdown(report()), render.markdown(report(name))

    assert len(markdown.split("\n")) == len(usual.split("\n"))
    assert [line.startswith("| ") for line in markdown.split("\n")] == [
        line.startswith("| ") for line in usual.split("\n")
    ]


def test_the_same_state_gives_the_same_bytes() -> None:
    """No clock, no order of hashing."""
    assert render.html(report()) == render.html(report())
    assert render.markdown(report()) == render.markdown(report())


def test_the_page_needs_nothing_else() -> None:
    """No script, no style sheet, no picture from elsewhere."""
    page = render.html(report())

    assert not {"script", "link", "img", "iframe"} & set(read(page).tags)
    assert "http://" not in page
    assert "https://" not in page


def test_a_verification_is_shown() -> None:
    """Its differences with both values, missing items and extra tasks."""
    result = verified(
        equal=2, differences=(DIFFERENCE,), missing=("13",), extra=("t1",), extra_count=4
    )

    markdown = render.markdown(result)

    assert "| Rollouts | Draft | Due date | 2026-06-15 | 2026-06-14 |" in markdown
    assert "### Items without a task\n\n13" in markdown
    assert "t1, and 3 more" in markdown
    assert "1 different value," in status(result)


def test_the_page_shows_the_differences_first() -> None:
    """In red if there are any, in green if there are none, and openly if nobody looked."""
    assert '<li class="bad">\n<div class="label">Differences' in render.html(
        verified(differences=(DIFFERENCE,))
    )
    assert '<li class="good">\n<div class="label">Differences' in render.html(verified())
    assert "not verified" in render.html(report())


@pytest.mark.parametrize(
    ("migration_report", "sentence"),
    [
        (report(), "Failed steps: 1."),
        (report(), "It has not been verified."),
        (verified(), "found no difference"),
        (replace(report(), failed=0), "Not done yet: "),
        (replace(report(), survey=replace(report().survey, boards=()), failed=0), "It is empty."),
    ],
)
def test_the_first_sentence_is_the_result(migration_report: Report, sentence: str) -> None:
    """People who read one line know where things stand."""
    assert sentence in status(migration_report)


def test_a_complete_migration_says_so() -> None:
    """Everything done, nothing failed."""
    complete = survey(replace(world(), states=lambda keys: dict.fromkeys(keys, "done")))

    result = Report(complete, "move.toml", as_of_ms=None, undone=2)

    assert status(result).startswith("Everything in the mapping is in ClickUp.")
    assert "Undone steps: 2" in render.markdown(result)
    assert "Nothing." in render.markdown(result)


def test_only_the_first_failures_are_listed() -> None:
    """The rest are counted."""
    assert "the first 1 are listed" in render.markdown(replace(report(), failed=900))
