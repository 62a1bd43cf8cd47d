"""What a team chooses about an automation without editing its file."""

from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.choices import AutomationChoice
from clickup_mlops.automations.engine import decide
from clickup_mlops.automations.load import load
from clickup_mlops.automations.model import Action, Automation
from clickup_mlops.errors import ContentError
from tests.automations.support import NOW_MS, event, task

STALE = """
summary = "Asks about work that stands still."
on = ["taskCreated"]
when = 'task.idle > settings.idle && task.status in settings.statuses'
do = [
  { action = "comment", text = "Nothing for ${settings.idle}. ${settings.ask}" },
  { action = "post_chat", channel = "${settings.channel}", text = "Stands still: ${task.name}" },
  { action = "set_field", field = "${settings.field}", value = "${settings.score * 2}" },
]
mode = "off"

[settings]
idle = { default = "P2D", meaning = "So long without a change." }
statuses = { default = ["to do"], meaning = "Where work should move." }
ask = { default = "Still alive?", meaning = "What to ask." }
channel = { default = "", meaning = "Who hears of it." }
field = { default = "Score", meaning = "Where the score goes." }
score = { default = 3, meaning = "The score." }

[[example]]
name = "acts"
settings = { channel = "ml" }
task = { idle = "P3D" }
expect = [
  { action = "comment" },
  { action = "post_chat", channel = "ml" },
  { action = "set_field" },
]

[[example]]
name = "stays quiet"
task = { status = "done" }
expect = []
"""
DAY = 86_400_000


def _automation(folder: Path, **choice: Any) -> Automation:
    (folder / "stale.toml").write_text(STALE, encoding="utf-8")
    (automation,) = load(folder, choices={"stale": AutomationChoice(**choice)} if choice else {})
    return automation


def _facts_of(automation: Automation, idle_days: int = 3, **raw: Any) -> list[dict[str, Any]]:
    about = task(date_updated=str(NOW_MS - idle_days * DAY), **raw)
    decision = decide([automation.switched_on()], event(), about, NOW_MS, lambda: None)  # type: ignore[arg-type, return-value]
    return [
        {"action": action.action, **action.change.shown}
        for action in decision
        if isinstance(action, Action)
    ]


def test_defaults_hold_and_what_needs_an_unset_value_is_left_out(tmp_path: Path) -> None:
    """The other actions are done; the automation says what it lacks."""
    automation = _automation(tmp_path)

    assert automation.mode == "off"
    assert _facts_of(automation) == [
        {"action": "comment", "text": "Nothing for 2d. Still alive?"},
        {"action": "set_field", "field": "Score", "value": "6"},
    ]
    assert automation.left_out == (("post_chat", "channel"),)
    assert automation.lacks == ("channel",)


def test_the_configuration_wins_whatever_the_type(tmp_path: Path) -> None:
    """Durations, lists, numbers and texts; a text may have expressions of its own."""
    value = {
        "idle": "PT1H",
        "statuses": ["running"],
        "ask": "Alive, ${task.name}?",
        "channel": "ml",
        "field": "Points",
        "score": 5,
    }
    automation = _automation(tmp_path, mode="on", cap=7, quiet=True, settings=value)

    assert (automation.mode, automation.cap, automation.quiet, automation.lacks) == (
        "on",
        7,
        True,
        (),
    )
    assert _facts_of(automation, status={"status": "to do", "type": "open"}) == []
    assert _facts_of(automation, idle_days=1, status={"status": "running", "type": "custom"}) == [
        {"action": "comment", "text": "Nothing for 1h. Alive, Ranker?"},
        {"action": "post_chat", "channel": "ml", "text": "Stands still: Ranker"},
        {"action": "set_field", "field": "Points", "value": "10"},
    ]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"settings": {"chanel": "ml"}}, 'stale.settings.chanel.*did you mean "channel"'),
        ({"settings": {"idle": "two days"}}, 'must be a duration such as "P2D"'),
        ({"settings": {"score": "3"}}, "must be int"),
        ({"settings": {"statuses": "running"}}, "must be list<string>"),
        ({"mode": "canary"}, "`mode = .canary.` needs"),
        ({"settings": {"ask": "${task.nme}"}}, "do.0.text.*did you mean 'task.name'"),
    ],
)
def test_a_wrong_choice_is_told_with_its_key(
    tmp_path: Path, choice: dict[str, Any], words: str
) -> None:
    """Before anything runs, with the nearest name."""
    with pytest.raises(ContentError, match=f"(?s){words}"):
        _automation(tmp_path, **choice)


def test_a_choice_about_no_automation_is_told(tmp_path: Path) -> None:
    """With the nearest name."""
    (tmp_path / "stale.toml").write_text(STALE, encoding="utf-8")

    with pytest.raises(ContentError, match=r'automations\.by_name\.stail.*did you mean "stale"'):
        load(tmp_path, choices={"stail": AutomationChoice(mode="on")})


def test_many_choices_about_no_automation_are_one_problem(tmp_path: Path) -> None:
    """Such as those of a folder that is not there; health checks show the text."""
    (tmp_path / "stale.toml").write_text(STALE, encoding="utf-8")
    choices = {f"absent_{number}": AutomationChoice(mode="on") for number in range(32)}

    with pytest.raises(ContentError) as caught:
        load(tmp_path, choices=choices)
    assert len(str(caught.value).splitlines()) == 4
    assert "29 more" in str(caught.value) and "automations.folder" in str(caught.value)


def test_examples_do_not_depend_on_what_a_team_has_set(tmp_path: Path) -> None:
    """They are about the file: its defaults, and what an example itself sets."""
    from clickup_mlops.automations.examples import mismatch, run

    for choice in ({}, {"settings": {"statuses": ["done"], "channel": "other"}}):
        automation = _automation(tmp_path, **choice)
        for example in automation.examples:
            assert mismatch(example, run(automation, example, None)) == ""  # type: ignore[arg-type]


def test_an_unknown_setting_in_a_condition_is_told_with_the_one_meant(tmp_path: Path) -> None:
    """With line, column and caret."""
    text = STALE.replace("settings.idle &&", "settings.idel &&")
    (tmp_path / "stale.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ContentError, match=r"(?s)when: line 1.*did you mean 'settings.idle'"):
        load(tmp_path)
