"""Examples: what they may say about a task, and how they are compared."""

from pathlib import Path

import pytest

from clickup_mlops.automations.examples import difference, mismatch, run
from clickup_mlops.automations.load import find_actions, read
from clickup_mlops.automations.model import Automation
from clickup_mlops.routing.classifier.classify import load as load_classifier
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router

KEEPS = """
summary = "Urgent while it is overdue."
on = ["reevaluation"]
when = "task.has_due && task.due < now"
do = [{ action = "set_priority", level = "urgent", keep = "P1D" }]
[[example]]
name = "overdue"
task = { due_in = "-PT2H" }
expect = [EXPECTED]
[[example]]
name = "due later"
task = { due_in = "PT2H" }
expect = []
"""


def _read(folder: Path, expected: str) -> Automation:
    file = folder / "keeps.toml"
    file.write_text(KEEPS.replace("EXPECTED", expected), encoding="utf-8")
    return read(file, find_actions())


@pytest.mark.parametrize(
    "expected",
    [
        '{ action = "set_priority", priority = "urgent" }',
        '{ action = "set_priority" }, { action = "set_priority", hold = "urgent" }',
    ],
)
def test_a_hold_that_comes_with_its_priority_need_not_be_expected(
    tmp_path: Path, expected: str
) -> None:
    """One action is one line, though it writes twice; a task may be overdue."""
    automation = _read(tmp_path, expected)

    for example in automation.examples:
        findings = run(automation, example, Router(Policy(), load_classifier()))
        assert mismatch(example, findings) == ""
        assert difference(example, findings) == []


@pytest.mark.parametrize("user", ["next:rotation:emea", "next:Serving", "on_call:emea", "Ana"])
def test_who_is_assigned_is_shown_as_it_is_written(tmp_path: Path, user: str) -> None:
    """An example has no rotation around it, so that it names the rotation, not a member."""
    path = tmp_path / "turn.toml"
    path.write_text(
        'summary = "In turn."\non = ["taskCreated"]\n'
        f'do = [{{ action = "assign", user = "{user}" }}]\n'
        '[[example]]\nname = "acts"\n'
        f'expect = [{{ action = "assign", user = "{user}" }}]\n'
        '[[example]]\nname = "is assigned"\n'
        f'task = {{ assignees = ["{user}"] }}\nexpect = []\n'
    )
    automation = read(path, find_actions())

    for example in automation.examples:
        assert mismatch(example, run(automation, example, Router(Policy()))) == ""


def test_a_wrong_hold_is_still_a_difference(tmp_path: Path) -> None:
    """Only its absence is allowed."""
    automation = _read(
        tmp_path, '{ action = "set_priority" }, { action = "set_priority", hold = "low" }'
    )
    example = automation.examples[0]

    assert mismatch(example, run(automation, example, Router(Policy(), load_classifier())))


def test_a_running_bot_keeps_no_examples(tmp_path: Path) -> None:
    """They are read from the file when somebody asks for them; what is wrong in them is found when
    the automation is read.
    """
    automation = _read(tmp_path, '{ action = "set_priority" }')
    automation.file.write_text(automation.file.read_text().replace("due later", "not yet due"))

    assert [example.name for example in automation.examples] == ["overdue", "not yet due"]


SAYS = """
summary = "Answers what is asked, and puts a closed task back."
on = ["taskStatusUpdated", "taskCommentPosted"]
when = '''
(event.after == "closed" && event.before != "" && task.creator == "Ana")
|| event.comment.contains("@bot")
'''
do = [
  { action = "set_status", status = "${event.before}${event.before == '' ? task.status : ''}" },
  { action = "webhook", to = "chat", body = { text = "${event.comment}", n = [{ x = 1 }] } },
]
[[example]]
name = "closed"
before = "review"
after = "closed"
task = { creator = "Ana", status = "closed" }
expect = [
  { action = "set_status", status = "review" },
  { action = "webhook", body = { text = "", n = [{ x = 1 }] } },
]
[[example]]
name = "asked"
event = "taskCommentPosted"
comment = 'Hi @bot, "now"'
expect = [{ action = "webhook", body = { text = "Hi @bot, \\"now\\"", n = [{ x = 1 }] } }]
[[example]]
name = "by somebody else"
before = "review"
after = "closed"
task = { creator = "Ben" }
expect = []
"""


def test_values_before_and_after_comments_and_creators_can_be_asked(tmp_path: Path) -> None:
    """A status goes back to what it was; a webhook has the body that its receiver wants."""
    file = tmp_path / "says.toml"
    file.write_text(SAYS, encoding="utf-8")

    automation = read(file, find_actions())
    for example in automation.examples:
        assert (
            mismatch(example, run(automation, example, Router(Policy(), load_classifier()))) == ""
        )
