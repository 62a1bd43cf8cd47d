"""Modes and parameters of automations are changed while the bot runs: audited and undoable."""

import tomllib

import pytest

from clickup_mlops import toml
from clickup_mlops.automations.choices import AutomationChoice, merge
from clickup_mlops.automations.model import Automation
from clickup_mlops.errors import InputError
from clickup_mlops.features.choices.choosing import choose
from clickup_mlops.features.choices.tables.automation_choices import AutomationChoices
from clickup_mlops.features.undo.operations import Target, undo
from clickup_mlops.store import Filter
from tests.flows.conftest import Team

NAME = "stale_training_run"


def again(team: Team) -> Automation:
    """The automation as the bot has it when it starts anew."""
    team.restart(team.bot.settings)
    return next(entry for entry in team.bot.context.in_spaces if entry.name == NAME)


def test_a_choice_holds_from_the_next_load_and_an_undo_takes_it_back(team: Team) -> None:
    before = again(team)
    choose(team.bot, NAME, "mode", "on", actor="Maria (7)")
    choose(team.bot, NAME, "cap", "7", actor="Maria (7)")
    choose(team.bot, NAME, "idle", "P9D", actor="Maria (7)")

    chosen = again(team)
    idle = next(setting.raw for setting in chosen.settings if setting.name == "idle")
    assert (chosen.mode, chosen.cap, idle) == ("on", 7, "P9D")
    entries = team.bot.store.audit.list(Filter(kind=f"automation:{NAME}"), 9)
    assert [entry.actor for entry in entries] == ["Maria (7)"] * 3

    for entry in entries:
        (undone,) = undo(team.bot, Target(f"change:{entry.seq}"), actor="Tom").changes
        assert undone.state == "undone"
    assert again(team).mode == before.mode and again(team).cap == before.cap


def test_what_was_chosen_can_be_kept_in_the_settings_file(team: Team) -> None:
    """The export is what `[automations.by_name]` takes."""
    choose(team.bot, NAME, "cap", "7", actor="Maria")
    choose(team.bot, NAME, "idle", "P9D", actor="Maria")
    choices = dict(team.bot.store.table(AutomationChoices).all())
    tables = tomllib.loads(toml.dumps({"automations": {"by_name": choices}}))

    choice = AutomationChoice.model_validate(tables["automations"]["by_name"][NAME])
    assert (choice.cap, choice.settings) == (7, {"idle": "P9D"})


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("no_such", "mode", "on"),
        (NAME, "mode", "perhaps"),
        (NAME, "cap", "many"),
        (NAME, "cap", "0"),
        (NAME, "no_such", "1"),
        (NAME, "idle", "soon"),
    ],
)
def test_what_does_not_fit_changes_nothing(team: Team, name: str, key: str, value: str) -> None:
    with pytest.raises(InputError):
        choose(team.bot, name, key, value, actor="Maria")
    assert not team.bot.store.table(AutomationChoices).all()


def test_an_empty_value_is_that_of_the_settings_file(team: Team) -> None:
    choose(team.bot, NAME, "idle", "P9D", actor="Maria")
    choose(team.bot, NAME, "idle", "", actor="Maria")
    idle = next(setting for setting in again(team).settings if setting.name == "idle")
    assert idle.raw == idle.default


def test_of_the_same_key_the_choice_made_here_wins() -> None:
    """Others stay."""
    file = AutomationChoice(mode="shadow", settings={"a": 1, "b": 2})
    automation_choice = AutomationChoice(cap=5, settings={"b": 3})
    merged = merge({"x": file, "y": file}, {"x": automation_choice})
    assert merged["y"] == file
    assert merged["x"] == AutomationChoice(mode="shadow", cap=5, settings={"a": 1, "b": 3})
