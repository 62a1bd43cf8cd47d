"""Each action acts when it should and stays quiet when there is nothing to do.

Cases are automations in `tests/cases/actions/`, named as the action; every action must have one.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from clickup_mlops.automations.engine import decide
from clickup_mlops.automations.examples import mismatch, run
from clickup_mlops.automations.load import find_actions, load
from clickup_mlops.automations.model import (
    NO_TASK,
    Action,
    Automation,
    Example,
    Problem,
    Situation,
    Unanswered,
    Written,
)
from clickup_mlops.clickup.blocks import from_markdown
from clickup_mlops.errors import ContentError
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from tests.automations.support import NOW_MS, automation, event, task

FOLDER = Path(__file__).parents[1] / "cases" / "actions"
AUTOMATIONS = load(FOLDER)
CASES = [
    pytest.param(automation, example, id=f"{automation.name}: {example.name}")
    for automation in AUTOMATIONS
    for example in automation.examples
]


@pytest.mark.parametrize(("automation", "example"), CASES)
def test_an_action_does_what_its_case_says(automation: Automation, example: Example) -> None:
    """The changes in order, and no others."""
    assert mismatch(example, run(automation, example, Router(Policy()))) == ""


def test_every_action_has_a_case_and_plans_only_what_it_says_it_writes() -> None:
    """Lint and simulation rely on `writes`."""
    actions = find_actions()
    assert {automation.name for automation in AUTOMATIONS} == set(actions)
    for one in AUTOMATIONS:
        for example in one.examples:
            for result in run(one, example, Router(Policy())):
                assert isinstance(result, Action)
                assert result.change.effect in actions[result.action].writes


def _planned(folder: Path, do: str, written: dict[str, Written], **of_task: Any) -> Any:
    """What a step wants, or why not."""
    local = automation(folder, f'on = ["taskCreated"]\ndo = [{do}]')
    decision = decide(
        [local],
        event(),
        task(custom_fields=FIELDS, **of_task),
        NOW_MS,
        lambda: pytest.fail("routing was asked"),
        written=written.get,
    )
    return [action.text if isinstance(action, Problem) else action.change for action in decision]


FIELDS = [
    {"id": "f1", "name": "Stage", "type": "drop_down", "type_config": {"options": []}},
    {"id": "f2", "name": "P99", "type": "number", "type_config": {}},
]
DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("do", "kind"),
    [
        (
            '{ action = "comment", text = "a", mode = "new", again = "P1D" }',
            "comment:some_automation",
        ),
        (
            '{ action = "post_chat", channel = "c", text = "a", again = "P1D" }',
            "chat:some_automation",
        ),
        ('{ action = "webhook", to = "deploys", again = "P1D" }', "webhook:some_automation"),
    ],
)
def test_again_waits_for_its_time(tmp_path: Path, do: str, kind: str) -> None:
    """Then it is said again, with a reference that tells it from the last one."""
    young = {kind: Written({"text": "a"}, "1", NOW_MS - DAY_MS + 1)}
    old = {kind: Written({"text": "a"}, "1", NOW_MS - DAY_MS)}

    (first,), again = _planned(tmp_path, do, {}), _planned(tmp_path, do, old)
    assert _planned(tmp_path, do, young) == []
    assert [action.kind for action in again] == [kind]
    assert (first.after.get("ref", ""), again[0].after["ref"][:1]) == ("", "~")


def test_a_hold_is_not_made_longer_by_each_event(tmp_path: Path) -> None:
    """As long as it holds; the priority itself is set again."""
    hold = {"priority": 2, "since_ms": 0, "until_ms": NOW_MS + 1}
    text = {"hold": Written(hold, None, NOW_MS)}
    step = '{ action = "set_priority", level = "high", keep = "P1D" }'

    assert [action.kind for action in _planned(tmp_path, step, text)] == ["priority"]


@pytest.mark.parametrize(
    ("do", "why"),
    [
        ('{ action = "set_field", field = "p99", value = "fast" }', "could not convert"),
        ('{ action = "set_field", field = "P99", value = true }', "expected a number"),
        ('{ action = "set_field", field = "Stage", value = "live" }', 'no option "live"'),
        ('{ action = "add_tag", tag = " " }', "gives no name here"),
        ('{ action = "comment", text = "${task.text}" }', "gives no text here"),
        ('{ action = "assign", user = "," }', "gives nobody here"),
        ('{ action = "call_link", url = "http://${task.id}" }', "is no https address"),
        ('{ action = "post_chat", channel = "", text = "a" }', "is empty here"),
    ],
)
def test_what_cannot_be_done_is_a_problem_that_says_why(tmp_path: Path, do: str, why: str) -> None:
    """The other automations go on."""
    (problem,) = _planned(tmp_path, do, {})

    assert why in problem


def test_a_name_in_the_address_of_a_call_leads_nowhere_else(tmp_path: Path) -> None:
    """Whatever the task is called."""
    do = '{ action = "call_link", url = "https://meet.example.org/${task.name}" }'
    (change,) = _planned(tmp_path, do, {}, name="a](https://evil.example/)[@x](#user_mention#7)")

    markdown = from_markdown(change.after["text"])
    links = [block["attributes"].get("link", "") for block in markdown if "attributes" in block]
    assert [urlsplit(link).hostname for link in filter(None, links)] == ["meet.example.org"]
    assert all(block.get("type") != "tag" for block in markdown)


@pytest.mark.parametrize(
    ("do", "key"),
    [
        ('{ action = "set_due" }', "give one of `at` and `in`"),
        ('{ action = "set_due", at = 2026-01-01, in = "P1D" }', "give one of `at` and `in`"),
        ('{ action = "depend" }', "give `waits_for` or `blocks`"),
        ('{ action = "set_priority", level = "highest" }', "do.0.level"),
        ('{ action = "comment", text = "${task.nmae}" }', "task.name"),
        ('{ action = "checklist", name = "a", items = [] }', "do.0.items"),
    ],
)
def test_wrong_options_are_found_when_the_automation_is_loaded(
    tmp_path: Path, do: str, key: str
) -> None:
    """With the key, or the way out."""
    with pytest.raises(ContentError) as wrong:
        automation(tmp_path, f'on = ["taskCreated"]\ndo = [{do}]')

    assert key in str(wrong.value)


def _for_workspace(action_name: str, key: str, **options: Any) -> Any:
    """What an action plans where there is no task."""
    action = find_actions()[action_name]
    now = replace(event(), key=key, task_id=None)
    situation = Situation(
        now, NO_TASK, NOW_MS, lambda: pytest.fail("routing was asked"), automation="weekly"
    )
    return action.plan(situation, action.options.model_validate(options))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("post_chat", {"channel": "ml", "text": "Monday"}),
        ("create_task", {"name": "Review", "list": "Ops"}),
        ("webhook", {"to": "deploys"}),
    ],
)
def test_without_a_task_each_event_counts(name: str, options: dict[str, str]) -> None:
    """The weekly list is posted each week, and a week that is evaluated twice posts it once."""
    kinds = [_for_workspace(name, key, **options).kind for key in ("week1", "week2", "week2")]

    assert kinds[0] != kinds[1] == kinds[2]


def test_a_new_task_keeps_a_priority_that_it_is_given() -> None:
    """Without one there is nothing to keep, and the author reads so."""
    for_workspace = _for_workspace(
        "create_task", "1", name="A", list="1", priority="urgent", keep="PT1H"
    )
    assert (for_workspace.after["priority"], for_workspace.after["keep_ms"]) == (1, 3_600_000)
    with pytest.raises(ValueError, match="keep: of which priority"):
        _for_workspace("create_task", "1", name="A", list="1", keep="PT1H")


def test_actions_say_whether_they_need_a_task() -> None:
    """Those that need none can do without: a page is kept up to date, a new task needs a List."""
    free = {name for name, action in find_actions().items() if not action.needs_task}

    assert free == {"create_task", "message", "post_chat", "webhook", "write_block", "write_doc"}
    page = {"doc": "Team", "page": "Week", "text": "…"}
    assert _for_workspace("write_doc", "week1", **page).kind == "doc:weekly"
    assert _for_workspace("webhook", "week1", to="deploys").after["body"]["task"] is None
    with pytest.raises(Unanswered, match="which one"):
        _for_workspace("create_task", "week1", name="Review")
