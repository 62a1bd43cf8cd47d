"""A whole migration with the real conversion: run, verify, change both sides, delta, verify."""

from dataclasses import replace
from typing import Any

import pytest

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.operations import run as running
from clickup_mlops.features.migration.operations.delta import Callbacks, Delta, delta_source
from clickup_mlops.features.migration.operations.verify import last, verify_source
from clickup_mlops.features.migration.records import Cell, Item, Update
from clickup_mlops.features.migration.run.model import Options
from clickup_mlops.features.migration.verify.verify import Options as Compared
from clickup_mlops.features.migration.verify.verify import Verified
from clickup_mlops.sandbox import Sandbox
from tests.features.migration.memory_source import MemorySource
from tests.features.migration.verify.migrated import (
    BOARD,
    CELLS,
    FIELDS,
    ITEMS,
    MAPPING,
    NOON_MS,
    SOURCE,
)


@pytest.fixture
def source(clickup_sandbox: Sandbox) -> MemorySource:
    """The board, and a List with its fields."""
    choices = ("Red, dark", "Blue")
    for name, kind in (("Source ID", "short_text"), *FIELDS.values()):
        clickup_sandbox.control.create_field(
            name, kind, choices=choices if kind in ("drop_down", "labels") else ()
        )
    groups = [group.title for group in BOARD.groups]
    clickup_sandbox.control.create_field("Group", "drop_down", choices=groups)
    return replace(SOURCE, opened=[])


def run(bot: Bot, source: MemorySource) -> None:
    result = running.run_source(bot, MAPPING, source, Options(), running.Callbacks())
    assert result.ran.is_complete, result.ran


def verify(bot: Bot, source: MemorySource) -> Verified:
    return verify_source(bot, MAPPING, source, Compared(), lambda _what, _count: None)


def delta(bot: Bot, source: MemorySource, *, act: bool = True) -> Delta:
    return delta_source(bot, MAPPING, source, Callbacks(), act=act)


def test_what_a_run_has_moved_verifies_clean(bot: Bot, source: MemorySource) -> None:
    """With a column of every kind of place; the result is kept for the report."""
    run(bot, source)

    verification = verify(bot, source)

    assert verification.summary.differences == ()
    assert verification.summary.is_clean
    assert last(bot, "move") == verification.summary
    assert last(bot, "another") is None


MARKS = "# a\n- b\n1. c\n\n> d_e_f *g* `h` | <i> \\ [j](k)"
STRANGE: dict[str, Any] = {
    "a long name": {"name": "x" * 200 + " " + "é" * 100},
    "a name of blanks": {"name": " \n "},
    "a name with marks": {"name": "*a* _b_ [c](d) `e` #1 <f>"},
    "right to left": {"name": "שלום 🦙", "description": "مرحبا *بالعالم* 🎉"},
    "marks in text": {
        "cells": {"notes": Cell("# a\n- b\n1. c\n\n> d_e_f *g* `h` | <i> \\ [j](k)")}
    },
    "a refused mail": {"cells": {"mail": Cell({"email": "not one", "text": ""}, "not one")}},
    "a refused link": {"cells": {"link": Cell({"url": "no address", "text": "t"}, "t")}},
    "a national number": {"cells": {"phone": Cell({"phone": "030 901820", "country": ""})}},
    "an unknown option": {"cells": {"status": Cell("77", "Lost"), "one": Cell("77", "Lost")}},
    "a strange shape": {"cells": {"due": Cell({"day": 1}, "some day"), "number": Cell("12,5")}},
    "no known people": {"cells": {"who": Cell([{"id": "p3", "kind": "person"}])}},
    "many digits": {"cells": {"number": Cell("0.12345678901234567890")}},
    "an unknown group": {"group_id": "g9"},
    "empty values": {
        "cells": {"tags": Cell([]), "many": Cell([]), "notes": Cell(""), "who": Cell([])}
    },
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_values_are_no_differences(bot: Bot, source: MemorySource, name: str) -> None:
    """What has no place is in the description: that is declared, and found there."""
    item = Item("1", "b1", "Plain", "g1")
    source = replace(
        source, item_list=(replace(item, **STRANGE[name]),), update_list=(), asset_list=()
    )
    run(bot, source)

    assert verify(bot, source).summary.differences == ()


HTML = {
    "marks": "a *b* _c_ [d](e) `f` # g &lt;h&gt; 1. i",
    "lists": "<ul><li>one</li><li>two</li></ul><ol><li>three</li><li>four</li></ol>",
    "checklist": "<ul class='checklist'><li class='checklist_task'>do it</li></ul>",
    "table": "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
    "links": "<a href='https://example.org/a_(b)?c=1'>a [label]</a> https://example.org/x_y",
    "bad link": "<a href='javascript:alert(1)'>click</a>",
    "image": "before <img src='https://x/protected_static/1' data-asset_id='1'> after",
    "mention": "hi <a data-mention-type='User' data-mention-id='p1'>@M K</a>!",
    "stray": "\ufeff<p>one</p>\ufeff<p>two<br>three</p>",
    "script": "<script>alert('x')</script><style>a{}</style>shown",
    "code": "<pre><code>x = 1\n  y = 2</code></pre> and <code>z</code>",
    "heading": "<h1>Title</h1><blockquote>said</blockquote><hr><u>under</u><s>gone</s>",
    "emoji": "🎉 שלום &nbsp; &amp; &#128512;",
    "empty": "",
    "plain": "no marks at all",
}


@pytest.mark.parametrize("name", HTML)
def test_updates_of_any_html_are_found(bot: Bot, source: MemorySource, name: str) -> None:
    """What the comment shows is what the HTML says."""
    update = Update("u", "2", HTML[name], "p1", created_ms=NOON_MS, edited_ms=NOON_MS + 1, likes=2)
    source = replace(source, update_list=(update,))
    run(bot, source)

    assert verify(bot, source).summary.differences == ()


def test_a_delta_makes_both_sides_equal_again(
    bot: Bot, source: MemorySource, clickup_sandbox: Sandbox
) -> None:
    """Everything that only the source has changed; a second one writes nothing."""
    run(bot, source)
    cells = {
        **CELLS,
        "status": Cell("0", "Working on it"),
        "prio": Cell("8", "Low"),
        "who": Cell([{"id": "p2", "kind": "person"}], "Jonas"),
        "due": Cell({"date": "2026-07-01", "time": "08:00:00"}, "2026-07-01"),
        "tags": Cell(["serving", "new"], "serving, new"),
        "notes": Cell("Other notes", "Other notes"),
        "number": Cell("13", "13"),
        "one": Cell("b", "Blue"),
        "many": Cell(["b"], "Blue"),
        "tick": Cell(False, ""),
        "when": Cell({"date": "2026-06-16", "time": None}, "2026-06-16"),
        "reviewers": Cell([{"id": "p2", "kind": "person"}], "Jonas W."),
        "refs": Cell([{"item": "4", "board": "b1", "name": "New"}]),
    }
    del cells["mail"], cells["place"]
    first = replace(ITEMS[0], name="Renamed", group_id="g2", cells=cells, updated_ms=NOON_MS)
    new = Item("4", "b1", "New", "g1")
    updates = (replace(SOURCE.update_list[0], html="<p>Edited</p>"), *SOURCE.update_list[1:])
    source.item_list = (first, *ITEMS[1:], new)
    source.update_list = (*updates, Update("u9", "4", "<p>First</p>", "p1", created_ms=NOON_MS))

    looked = delta(bot, source, act=False)
    outcome = delta(bot, source)

    assert looked.plan.is_work
    assert looked.plan.new["item"] == looked.plan.new["update"] == 1
    assert outcome.performed is not None
    assert outcome.performed.failed == []
    assert outcome.is_clean
    assert verify(bot, source).summary.differences == ()
    clickup_sandbox.control.reset_counts()
    again = delta(bot, source)
    assert not again.plan.is_work
    calls = clickup_sandbox.control.stats.to_dict()["calls"]
    assert [call for call in calls if call["method"] != "GET"] == []


def test_a_conflict_is_left_as_it_is_and_listed(
    bot: Bot, source: MemorySource, clickup_sandbox: Sandbox
) -> None:
    """And that an item was touched in the source is no change of its description."""
    run(bot, source)
    target = clickup_sandbox.control.task(ITEMS[0].name)["id"]
    with ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url) as person:
        person.tasks.update(target, priority=3, markdown="Written by a person")
    cells = {**CELLS, "prio": Cell("8", "Low")}
    source.item_list = (replace(ITEMS[0], cells=cells, updated_ms=NOON_MS), *ITEMS[1:])

    outcome = delta(bot, source)

    (conflict,) = outcome.plan.conflicts
    assert (conflict.field, conflict.at_run, conflict.source, conflict.clickup) == (
        *("priority", 1, 4, 3),
    )
    assert outcome.plan.updates == []
    assert not outcome.is_clean
    assert clickup_sandbox.control.task(target)["priority"]["id"] == "3"


def test_a_delta_before_the_run_is_refused(bot: Bot, source: MemorySource) -> None:
    """There is nothing to compare with."""
    with pytest.raises(InputError, match="was moved yet"):
        delta(bot, source)
