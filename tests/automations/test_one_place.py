"""A new automation and a new action are one file each: found, checked and run without asking."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.automations import actions, effects
from clickup_mlops.automations.examples import mismatch, run
from clickup_mlops.automations.load import find_actions, find_effects, load
from clickup_mlops.automations.model import Action
from clickup_mlops.automations.perform import ExecutorContext, perform
from clickup_mlops.errors import ConfigError, ContentError
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store

EFFECT = '''
"""`name`: the title."""

from clickup_mlops.automations.model import Effect


def write(clickup, task_id, change):
    clickup[task_id] = change.after
    return f"receipt of {task_id}"


def find(_clickup, task, change, _lost):
    return task.name == change.after


EFFECT = Effect("The title.", write, find)
'''
ACTION = '''
"""`shout`: put the title in capitals."""

from clickup_mlops.config import Table
from clickup_mlops.automations.model import Change, ActionType


class Options(Table):
    mark: str = "!"


def plan(situation, options):
    name = situation.task.name
    loud = name.upper() + options.mark
    return Change("name", name, loud, f"{name} -> {loud}", {"name": loud})


ACTION = ActionType("Put the title in capitals.", Options, plan, writes=("name",))
'''
AUTOMATION = """
summary = "Shouts about new serving tasks."
on = ["taskCreated"]
when = 'task.list == "Serving"'
do = [{ action = "shout", mark = "!!" }]
[[example]]
name = "a serving task"
task = { name = "ranker", list = "Serving" }
expect = [{ action = "shout", name = "RANKER!!" }]
[[example]]
name = "another task"
task = { name = "ranker", list = "Hiring" }
expect = []
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a new action and effect that Python finds beside the shipped ones."""
    for package, name, text in ((actions, "shout", ACTION), (effects, "name", EFFECT)):
        local = tmp_path / package.__name__.rpartition(".")[2]
        local.mkdir()
        (local / f"{name}.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(local)])
    yield tmp_path
    for name in ("actions.shout", "effects.name"):
        sys.modules.pop(f"clickup_mlops.automations.{name}", None)


@pytest.fixture
def automations(folder: Path) -> Path:
    """A folder with a new automation that uses it."""
    where = folder / "automations"
    where.mkdir()
    (where / "loud_serving.toml").write_text(AUTOMATION, encoding="utf-8")
    return where


def test_it_is_found_and_its_examples_run(automations: Path) -> None:
    """The action by the name of its file, the automation by the name of its own."""
    (automation,) = load(automations)

    assert set(find_actions()) >= {"route", "shout"}
    assert automation.name == "loud_serving"
    for example in automation.examples:
        assert mismatch(example, run(automation, example, Router(Policy()))) == ""


def test_it_is_checked(automations: Path) -> None:
    """Its options too, by the action's own model."""
    text = AUTOMATION.replace("mark", "mrak")
    (automations / "loud_serving.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ContentError, match=r"loud_serving\.toml: do\.0\.mrak"):
        load(automations)


def test_an_example_that_is_wrong_is_noticed(automations: Path) -> None:
    """With what was expected and what came."""
    text = AUTOMATION.replace("RANKER!!", "RANKER?")
    (automations / "loud_serving.toml").write_text(text, encoding="utf-8")
    (automation,) = load(automations)
    wrong = automation.examples[0]

    assert mismatch(wrong, run(automation, wrong, Router(Policy()))) == (
        "expected [{'action': 'shout', 'name': 'RANKER?'}], "
        "got [{'action': 'shout', 'name': 'RANKER!!'}]"
    )


def test_it_is_performed_and_journalled(automations: Path, tmp_path: Path) -> None:
    """Nothing in the engine knows its name."""
    store = Store.open(f"sqlite:///{tmp_path / 'bot.db'}")
    (automation,) = load(automations)
    (action,) = run(automation, automation.examples[0], Router(Policy()))
    assert isinstance(action, Action)
    titles: dict[str, str] = {}

    perform(action, ExecutorContext(titles, find_effects(), store.journal, lambda: 1))

    assert titles == {"example": "RANKER!!"}
    (row,) = store.journal.list()
    assert (row.after, row.receipt) == ("RANKER!!", "receipt of example")
    store.close()


def test_an_action_whose_effect_does_not_exist_is_named(folder: Path) -> None:
    """When it is loaded, not when it first acts."""
    text = ACTION.replace('"name",)', '"nmae",)')
    (folder / "actions" / "shout.py").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match='"shout" writes "nmae"'):
        find_actions()


def test_an_action_without_its_definition_is_named(folder: Path) -> None:
    """The module that lacks it."""
    (folder / "actions" / "shout.py").write_text("", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"actions\.shout defines no ACTION"):
        find_actions()
