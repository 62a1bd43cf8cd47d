"""What the documentation shows works, and nobody's machine is in it."""

import re
from pathlib import Path
from typing import Any

import click
import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.interfaces.cli._root import root
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.monday import MondaySandbox

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def test_the_sandbox_example_is_a_passing_test(clickup_sandbox: Sandbox) -> None:
    """The first block of the how-to, run as it stands."""
    page = (ROOT / "docs/how-to/test-with-the-sandbox.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code
    names: dict[str, object] = {}
    exec(code[1], names)

    names["test_my_script_moves_the_task"](clickup_sandbox)  # type: ignore[operator]


@pytest.mark.monday_sandbox(seed="ai_ml")
def test_the_monday_example_is_a_passing_test(monday_sandbox: MondaySandbox) -> None:
    """The block of its how-to, run as it stands."""
    page = (ROOT / "docs/how-to/test-with-monday.md").read_text(encoding="utf-8")
    (code,) = [
        code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "monday" in code
    ]
    names: dict[str, Any] = {}
    exec(code, names)

    names["test_my_client_sees_a_change"](monday_sandbox)


def test_the_client_example_works(clickup_sandbox: Sandbox) -> None:
    """The first block of its how-to, on the sandbox."""
    page = (ROOT / "docs/how-to/use-the-client.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(code[1], names)

    control = clickup_sandbox.control
    (task_id,) = control.add_tasks("Tasks", [{"name": "p99 is up", "priority": 1}])
    maria = control.member("Maria").id
    with ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url) as clickup:
        assert names["hand_over"](clickup, control.list_id("Tasks"), maria) == [task_id]
        control.faults.add("cut_after", method="POST")
        assert names["note"](clickup, task_id, "on it")
        assert len(list(clickup.comments.of_task(task_id))) == 1
        assert not names["note"](clickup, "86gone", "on it")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    """`clickup-mlops events list` and the like, in text and in shell blocks."""
    text = page.read_text(encoding="utf-8")

    unknown = [
        words
        for words in re.findall(r"(?:^|`)clickup-mlops((?: [a-z][a-z-]*)+)", text, re.MULTILINE)
        if not _exists(words.split())
    ]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_option_that_a_page_shows_exists(page: Path) -> None:
    """`--since` of `clickup-mlops audit list --since 7d` is an option of that command."""
    output = re.findall(r"clickup-mlops ([a-z][^\n`|#&;]*)", page.read_text(encoding="utf-8"))

    unknown = [
        (line, option)
        for line in output
        for option in re.findall(r"--[a-z][a-z-]*", line)
        if option not in _options(re.findall(r"^(?:[a-z][a-z-]* ?)+", line)[0].split())
    ]
    assert unknown == []


def _options(words: list[str]) -> set[str]:
    command = _command(words)
    params = command.params if command else []
    return {option for param in params for option in (*param.opts, *param.secondary_opts)} | {
        "--help"
    }


def _exists(words: list[str]) -> bool:
    return _command(words) is not None


def _command(words: list[str]) -> click.Command | None:
    """The command that the words lead to; the rest are arguments. None if there is none."""
    command: click.Command | None = root()
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    return command
