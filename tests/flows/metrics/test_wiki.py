"""A page for each model in ClickUp Docs: brought up to date, and nothing of people is lost."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.clickup.content import Page as DocPage
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.tables.timeline import Entry
from tests.flows.conftest import LIST, Team
from tests.flows.metrics.conftest import OBJECTIVE, Page, comments, measured_team, push, served

DOC = "Models"


@pytest.fixture
def wiki(clickup_sandbox: Sandbox, tmp_path: Path, page: Page) -> Iterator[Team]:
    with measured_team(clickup_sandbox, tmp_path, page, wiki={"doc": DOC}) as team:
        yield team


def _update(team: Team) -> None:
    team.control.clock.advance(3_600_000)
    team.job("wiki")


def _pages(team: Team) -> dict[str, DocPage]:
    docs, workspace = team.bot.client.docs, team.sandbox.team_id
    (doc,) = (doc for doc in docs.all(workspace) if doc.name == DOC)
    return {page.name: page for page in docs.texts(workspace, doc.id)}


def test_a_page_shows_numbers_deployments_and_work(wiki: Team, page: Page) -> None:
    """Each in a block of its own; a model without numbers has no page."""
    task = served(wiki, "ranker")
    served(wiki, "nothing measured")
    work = wiki.member.create_task(LIST, "Quantise the *ranker*")
    wiki.bot.client.relations.link(task, work)
    wiki.settle()
    page.pending = {"ranker": 812}
    push(wiki)
    workspace, now = wiki.sandbox.team_id, wiki.bot.now_ms()
    wiki.bot.store.timeline.put(
        [Entry("d1", workspace, task, now, "deployment", "Deployed v7 to 10 %", "argocd")]
    )
    wiki.bot.sources.backfill.run()
    _update(wiki)

    pages = _pages(wiki)
    assert set(pages) == {"ranker"}
    text = pages["ranker"].content
    assert "P99 latency ms" in text and "812" in text
    assert "Deployed v7" in text
    assert "Quantise the" in text


def test_values_are_shown_as_people_write_them(wiki: Team, page: Page) -> None:
    """Numbers with the digits that they have, measured or set by people; dates as such."""
    wiki.control.ui_actions.create_field(LIST, "Go-live", "date")
    task = served(wiki, "ranker")
    wiki.member.set_field(task, "Go-live", 1_795_812_000_000)
    wiki.member.set_field(task, OBJECTIVE, 1500)
    wiki.settle()
    page.pending = {"ranker": 81.25}
    push(wiki)
    _update(wiki)

    text = _pages(wiki)["ranker"].content
    assert "| SLO latency ms | 1,500 |" in text
    assert "| P99 latency ms | 81.25 |" in text
    assert "| Go-live | 2026-11-27 20:40 |" in text


def test_a_page_on_which_nothing_changed_costs_no_call(wiki: Team, page: Page) -> None:
    """Another one costs three: two reads and the write."""
    served(wiki, "ranker")
    page.pending = {"ranker": 812}
    push(wiki)
    _update(wiki)
    wiki.control.reset_counts()
    _update(wiki)
    assert wiki.control.stats.calls() == 0

    page.pending = {"ranker": 95}
    push(wiki)
    wiki.control.reset_counts()
    _update(wiki)
    assert wiki.control.stats.calls() == 3


def test_a_hundred_edits_of_people_between_updates_are_kept(wiki: Team, page: Page) -> None:
    """Wherever on the page they are."""
    served(wiki, "ranker")
    edits, chance = [], random.Random(7)
    for turn in range(100):
        page.pending = {"ranker": 100 + 50 * (turn % 7)}
        push(wiki)
        _update(wiki)
        edited_page = _pages(wiki)["ranker"]
        lines = edited_page.content.splitlines()
        edits.append(f"Edit number {turn} of Ana.")
        lines.insert(chance.randint(0, len(lines)), edits[-1])
        wiki.control.ui_actions.write_page("ranker", "\n".join(lines))
    _update(wiki)

    text = _pages(wiki)["ranker"].content
    assert [edit for edit in edits if edit not in text] == []
    assert text.count("Begin of live numbers") == 1


def test_a_page_with_a_checklist_is_left_alone_and_said(wiki: Team, page: Page) -> None:
    """The comment is on the model's task, once."""
    task = served(wiki, "ranker")
    page.pending = {"ranker": 812}
    push(wiki)
    _update(wiki)
    edited_page = _pages(wiki)["ranker"]
    wiki.control.ui_actions.write_page("ranker", f"- [ ] roll out\n\n{edited_page.content}")
    page.pending = {"ranker": 95}
    push(wiki)
    _update(wiki)
    _update(wiki)

    assert "812" in _pages(wiki)["ranker"].content
    (comment,) = (comment for comment in comments(wiki, task) if "not updated" in comment)
    assert "checklist" in comment


def test_a_milestone_names_the_numbers_that_decide_it(wiki: Team, page: Page) -> None:
    """And the model's page names the milestone."""
    task = served(wiki, "ranker")
    (milestone,) = wiki.control.add_tasks(
        LIST, [{"name": "Ranker in production", "custom_item_id": 1}]
    )
    wiki.bot.client.relations.link(task, milestone)
    page.pending = {"ranker": 812}
    wiki.settle()
    wiki.bot.sources.backfill.run()
    push(wiki)
    _update(wiki)

    assert any("P99 latency ms 812" in comment for comment in comments(wiki, milestone))
    assert "Ranker in production" in _pages(wiki)["ranker"].content
