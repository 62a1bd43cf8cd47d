"""What a page or a chat command does with the use cases: plan, apply what was shown, undo."""

from dataclasses import replace
from pathlib import Path

import pytest

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.operations import plan as planning
from clickup_mlops.features.provisioning.operations.adopt import adopt
from clickup_mlops.features.provisioning.operations.apply import apply
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks
from clickup_mlops.features.provisioning.operations.plan import plan
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.operations.templates import templates
from clickup_mlops.features.provisioning.operations.undo import preview, runs, undo
from clickup_mlops.features.provisioning.operations.verify import verify
from clickup_mlops.sandbox import Sandbox

CASES = Path(__file__).parents[2] / "cases" / "provision" / "templates"
REQUEST = Request("everything", folder=CASES, experimental=True)


@pytest.fixture(autouse=True)
def fields(clickup_sandbox: Sandbox) -> None:
    clickup_sandbox.control.world.field_creation = "on"


def test_what_was_shown_is_applied_verified_and_undone(bot: Bot, clickup_sandbox: Sandbox) -> None:
    """Nobody is asked a second time; each step is reported before it is done."""
    output = planning.loads(planning.dumps(plan(bot, REQUEST)), "the form")
    steps: list[tuple[int, int]] = []

    def report(_step: object, done: int, total: int) -> None:
        steps.append((done, total))

    result = apply(bot, REQUEST, Callbacks(progress=report), saved_plan=output)

    assert steps == [(outcome, len(steps)) for outcome in range(len(steps))]
    assert len(result.applied.done) == len(output.work)
    assert verify(bot, REQUEST, Callbacks()).verification.is_done
    assert [run.kind for run in runs(bot)] == ["apply"]
    undone = undo(bot, None, Callbacks())
    assert len(undone.removed) == len(output.work)
    assert "ML" not in {space.name for space in clickup_sandbox.control.world.spaces}


def test_the_preview_of_an_undo_writes_nothing(bot: Bot, clickup_sandbox: Sandbox) -> None:
    """What a person made since it was shown is kept by the undo."""
    apply(bot, REQUEST, Callbacks())
    control = clickup_sandbox.control
    output = preview(bot, None, Callbacks())
    assert output.counts() == {"would": output.size, "kept": 0}
    assert [run.kind for run in runs(bot)] == ["apply"]

    bot.client.tasks.create(control.list_id("Intake"), "Mine")

    assert undo(bot, None, Callbacks()).kept
    assert control.find("Mine")


def test_confirm_can_stop_it_before_anything_is_written(bot: Bot, clickup_sandbox: Sandbox) -> None:
    """It is called after `show`; what it raises passes through."""
    order: list[str] = []

    def refuse() -> bool:
        order.append("confirm")
        raise InputError("no")

    callbacks = Callbacks(show=lambda _plan: order.append("show"), confirm=refuse)
    with pytest.raises(InputError, match="no"):
        apply(bot, REQUEST, callbacks)

    assert order == ["show", "confirm"]
    assert "ML" not in {space.name for space in clickup_sandbox.control.world.spaces}


def test_adopting_nothing_leaves_everything(bot: Bot) -> None:
    """Before the space exists."""
    adopted = adopt(bot, REQUEST, Callbacks())

    assert adopted.steps == ()
    assert adopted.left.work == plan(bot, REQUEST).work


def test_a_plan_that_is_not_one_is_refused() -> None:
    """With the place that the text is from."""
    with pytest.raises(InputError, match="the form is not a plan"):
        planning.loads("{}", "the form")


def test_templates_are_listed_with_what_is_wrong(tmp_path: Path) -> None:
    """A file that cannot be used hides no other."""
    (tmp_path / "broken.toml").write_text("summary = ")
    (tmp_path / "good.toml").write_text((CASES / "everything.toml").read_text())

    listed = templates(tmp_path)

    assert [instance.name for instance in listed.found] == ["good"]
    assert [Path(problem.file).name for problem in listed.problems] == ["broken.toml"]


def test_a_request_is_a_value() -> None:
    """Two that ask for the same are the same."""
    assert replace(REQUEST, instance=None) == REQUEST
