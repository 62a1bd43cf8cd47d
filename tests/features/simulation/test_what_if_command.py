"""`what-if` from the command line."""

import json
from pathlib import Path

import pytest

from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli

SOON = "routing.urgency.soon=PT1H"


@pytest.fixture
def prepared_cli(cli: Cli) -> Cli:
    """A bot that knows one training task which has waited for two years, and one inference task."""
    tags = {"t1": "inference", "t2": "training"}
    raws = [
        {
            "id": task_id,
            "name": f"Work of {tag}",
            "list": {"id": "9", "name": "Serving"},
            "status": {"status": "to do", "type": "open"},
            "tags": [{"name": tag}],
            "date_created": "1700000000000",
        }
        for task_id, tag in tags.items()
    ]
    with Store.open("sqlite:///clickup-mlops.db") as store:
        store.mirror.put_many("1", raws, 1)
    return cli


def test_tasks_that_would_move_are_listed_with_both_automations(prepared_cli: Cli) -> None:
    """Exit code 2: something would move."""
    ran = prepared_cli("what-if", "--set", 'routing.ageing.step="P9000D"', "--json")

    assert ran.code == 2
    message = json.loads(ran.out)
    assert message["evaluated"] == 2
    move = next(entry for entry in message["moves"] if entry["task"] == "t2")
    assert (move["now"], move["would_be"]) == (3, 4)
    assert (move["decided_by_now"], move["decided_by_then"]) == ("ageing", "training.normal")
    assert {"now": 3, "would_be": 4, "tasks": 1} in message["counts"]


def test_a_text_needs_no_quotes_and_people_get_a_table(prepared_cli: Cli) -> None:
    """With the counts below it."""
    ran = prepared_cli("what-if", "--set", "routing.ageing.step=P9000D")

    assert ran.code == 2
    assert "ageing -> training.normal" in ran.out
    assert "2 of 2 open tasks would move. Nothing was written." in ran.out


def test_nothing_moves_when_nothing_is_due(prepared_cli: Cli) -> None:
    """Exit code 0."""
    ran = prepared_cli("what-if", "--set", SOON)

    assert ran.code == 0
    assert "0 of 2 open tasks would move" in ran.out


def test_another_settings_file_can_be_tried(prepared_cli: Cli) -> None:
    """Only its policy counts; a List narrows it down."""
    Path("other.toml").write_text('[routing.ageing]\nstep = "P9000D"\n')

    assert prepared_cli("what-if", "--policy", "other.toml", "--list", "serving").code == 2


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "Nothing to try is given"),
        (("--set", "routing.urgency.sonn=1"), 'did you mean "routing.urgency.soon"?'),
        (("--set", "routing.priorities.training.normal=urgent"), "inference goes first"),
        (("--set", "automations.mode=on"), "automations simulate"),
        (("--set", "routing"), "KEY=VALUE is wanted"),
        (("--set", SOON, "--list", "Servin"), 'Did you mean "Serving"?'),
    ],
)
def test_what_cannot_be_tried_is_told(
    prepared_cli: Cli, arguments: tuple[str, ...], problem: str
) -> None:
    """With what is wrong and the way out."""
    ran = prepared_cli("what-if", *arguments)

    assert ran.code == 1
    assert problem in ran.err
