"""Filters and pages of a table, as forms and links: they work without a script."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import Client

from clickup_mlops.routing.decision import Decision
from tests.empty import store_at
from tests.features.dashboard.web.shown import EMBEDDED, READER, PageBot, Shown
from tests.views.samples import EVIL

MANY = 1_521
LANE = "/dashboard/now/section/lane"
LAST = f"Task {MANY - 1}"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[PageBot]:
    """A lane with many tasks, of which the last one is in a List of its own."""
    opened = PageBot(store_at(tmp_path / "bot.db"))
    raws = [
        {
            "id": f"t{number}",
            "name": f"Task {number}",
            "date_created": f"{number + 1}",
            "date_updated": "1",
            "status": {"status": "to do", "type": "open"},
            "list": {"id": "1", "name": "Work"} if number < MANY - 1 else {"id": "2", "name": EVIL},
            "assignees": [{"id": 7, "username": EVIL}] if number == 0 else [],
        }
        for number in range(MANY)
    ]
    opened.store.mirror.put_many(opened.workspace_id, raws, 1)
    for raw in raws:
        decision = Decision(str(raw["id"]), 3, None, "inference", "normal", "x", ("Because.",))
        opened.store.decisions.put(str(raw["id"]), decision.to_dict(), "k", 1, wait=False)
    opened.store.flush()
    yield opened
    opened.store.close()


def tasks(output: str) -> list[str]:
    return re.findall(r">(Task \d+)</a>", output)


def following(output: str, rel: str = "next") -> str:
    """The address of the next page; empty: there is none."""
    result = re.search(rf'<a href="([^"]+)" rel="{rel}"', output)
    return unescape(result[1]) if result else ""


def form_values(output: str, **chosen: str) -> dict[str, str]:
    """What the form sends with these choices."""
    form = re.search(r'<form class="choose filters".*?</form>', output, re.DOTALL)
    assert form is not None
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0])
    names = re.findall(r'<(?:select|input type="search") name="(\w+)"', form[0])
    assert set(chosen) <= set(names)
    assert form[0].count("<label>") == len(names)
    return dict(hidden) | chosen


def test_every_task_is_reached_by_links(bot: PageBot) -> None:
    """From page to page, forth and one back; each of the many tasks once, the oldest first."""
    browser, result, address = Client(Shown(bot, READER).whole), list[str](), LANE
    while address:
        text = browser.get(address).text
        result += tasks(text)
        before, address = address, following(text)
    assert result == [f"Task {number}" for number in range(MANY)]
    assert "1,501–1,521 of 1,521." in text
    assert "page=60" in following(browser.get(before).text, "prev")


def test_a_form_narrows_the_lane_and_keeps_the_rest(bot: PageBot) -> None:
    """A chosen zone stays, and the result begins on its first page."""
    browser = Client(Shown(bot, READER).whole)
    text = browser.get(f"{LANE}?zone=UTC&page=3").text
    form = form_values(text, search="1520")
    assert form == {"sections": "lane", "zone": "UTC", "search": "1520"}

    narrowed = browser.get(LANE, query_string=form).text
    assert (tasks(narrowed), following(narrowed)) == ([LAST], "")
    assert 'name="search" value="1520"' in narrowed
    assert tasks(browser.get(LANE, query_string={"list": "2"}).text) == [LAST]
    assert tasks(browser.get(LANE, query_string={"assignee": "7"}).text) == ["Task 0"]
    paged = browser.get(LANE, query_string={"list": "1"}).text
    assert "list=1" in following(paged) and "page=2" in following(paged)


def test_names_of_others_stay_text_in_filters(bot: PageBot) -> None:
    """Those of Lists and people, and what is searched for."""
    text = Client(Shown(bot, READER).whole).get(LANE, query_string={"search": EVIL}).text
    assert "<img src=x" not in text and "<b>evil" not in text


def test_an_embedded_view_has_neither(bot: PageBot) -> None:
    """Its link fixes what it shows."""
    text = Client(Shown(bot, EMBEDDED).whole).get("/dashboard/embed/t0ken/now/section/lane").text
    assert tasks(text)
    assert "<form" not in text and 'rel="next"' not in text
