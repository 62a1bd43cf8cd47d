"""A running bot follows its files: what is right is used, what is wrong is named."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from clickup_mlops import config as files
from clickup_mlops.bot import app
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ConfigError, ContentError
from clickup_mlops.features.choices.choosing import choose
from clickup_mlops.interfaces.cli import _reloading
from clickup_mlops.interfaces.cli._reloading import LOOK_EVERY_S, Reloading
from clickup_mlops.operations import reloading
from clickup_mlops.sandbox import Sandbox
from tests.ports import reserve_port

ROOT = Path(__file__).parents[3]
SETTINGS = """\
[clickup]
base_url = "{base_url}"
token = "{token}"
[server]
port = {port}
[hooks]
public_url = "http://127.0.0.1:{port}/hooks/clickup"
[automations]
mode = "{mode}"
own_folders = ["ours"]
"""


class Served:
    """`serve` in a folder with a settings file."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder, self.port = sandbox, folder, reserve_port()
        (folder / "ours").mkdir()
        self.write("shadow")
        environment = {
            key: value for key, value in os.environ.items() if "CLICKUP_MLOPS" not in key
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clickup_mlops", "serve"],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(ROOT)},
        )

    def write(self, mode: str, more: str = "") -> None:
        """The settings file."""
        values = {"base_url": self.sandbox.url, "token": self.sandbox.token, "port": self.port}
        text = SETTINGS.format(mode=mode, **values) + more
        (self.folder / "config.toml").write_text(text)

    def readyz(self) -> dict[str, Any]:
        """What it says; nothing if it does not answer."""
        try:
            answer: dict[str, Any] = requests.get(
                f"http://127.0.0.1:{self.port}/readyz", timeout=60
            ).json()
        except requests.ConnectionError:
            return {}
        return answer

    def note(self) -> str:
        """Its notes."""
        return " ".join(self.readyz().get("notes", ()))


@pytest.fixture
def served(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Served]:
    bot = Served(clickup_sandbox, tmp_path)
    try:
        _until(lambda: bot.readyz().get("ready"), "it does not start")
        yield bot
    finally:
        bot.process.kill()
        bot.process.wait()


def _until(true: Callable[[], object], part: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, part
        time.sleep(0.1)


@pytest.mark.slow
def test_changed_settings_are_used_in_the_same_process(served: Served) -> None:
    """And no connection is refused meanwhile: what ClickUp delivers is handled."""
    member = served.sandbox.control.as_user(served.sandbox.control.members[1].id)
    before = member.create_task("Tasks", "Roll out the vLLM inference endpoint")
    served.write("on")
    tasks: list[str] = []

    def is_live() -> bool:
        tasks.append(member.create_task("Tasks", f"Serve the ranker model {len(tasks)}"))
        assert served.readyz(), "a connection was refused"
        return any(served.sandbox.control.task(task)["priority"] for task in tasks)

    _until(is_live, "the changed mode is not used")
    assert served.process.poll() is None
    _until(
        lambda: all(served.sandbox.control.task(task)["priority"] for task in tasks[-1:]),
        "a delivery was lost",
    )
    assert served.sandbox.control.task(before)["id"] == before


@pytest.mark.slow
def test_what_is_wrong_is_named_and_the_old_settings_stay(served: Served) -> None:
    """Until it is right, or as it was."""
    served.write("perhaps")
    _until(lambda: "automations.mode" in served.note(), "the wrong key is not named")
    assert "config.toml" in served.note() and served.readyz()["ready"]

    served.write("shadow", '[store]\nurl = "sqlite:///other.db"\n')
    _until(lambda: "store.url: cannot be changed" in served.note(), "it is not named")

    served.write("shadow")
    (served.folder / "ours" / "broken.toml").write_text('summary = "Broken"\n')
    _until(lambda: "broken.toml" in served.note(), "the broken automation is not named")

    (served.folder / "ours" / "broken.toml").unlink()
    _until(lambda: "not used" not in served.note(), "it is still called wrong")
    assert served.readyz()["ready"], "it starts anew, though all is as it was"


def test_a_check_finds_what_would_keep_it_from_starting(
    clickup_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a bot: in the settings, in automations, in what cannot change."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "config.toml"
    start = f'[clickup]\nbase_url = "{clickup_sandbox.url}"\ntoken = "{clickup_sandbox.token}"\n'
    file.write_text(start)
    running = files.load(Settings, file)
    reloading.check(running, file)

    file.write_text(f"{start}[routing]\nkeep_existing = 1\n")
    with pytest.raises(ConfigError, match=r"routing\.keep_existing"):
        reloading.check(running, file)
    file.write_text(f"{start}[automations.by_name.no_such]\nmode = 'on'\n")
    with pytest.raises(ContentError, match="no_such"):
        reloading.check(running, file)
    file.write_text(f"{start}[server]\nport = 9\n")
    with pytest.raises(ConfigError, match=r"server\.port: cannot be changed"):
        reloading.check(running, file)
    assert LOOK_EVERY_S > 0


def test_a_choice_right_after_the_start_is_used(
    clickup_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first look, which must not take it for what the bot began with."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "config.toml"
    file.write_text(
        f'[clickup]\nbase_url = "{clickup_sandbox.url}"\ntoken = "{clickup_sandbox.token}"\n'
    )
    settings, stopped = files.load(Settings, file), threading.Event()
    with app.build(settings, migrates=True) as bot:
        Reloading(settings, file).follow(bot, stopped.set)
        choose(bot, "many_alerts", "cap", "7", actor="Maria")
        assert stopped.wait(60)


def test_a_choice_waits_while_changed_files_cannot_be_used(
    clickup_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot could not start anew with them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_reloading, "LOOK_EVERY_S", 0.05)
    file = tmp_path / "config.toml"
    start = f'[clickup]\nbase_url = "{clickup_sandbox.url}"\ntoken = "{clickup_sandbox.token}"\n'
    file.write_text(start)
    settings, stopped = files.load(Settings, file), threading.Event()
    with app.build(settings, migrates=True) as bot:
        Reloading(settings, file).follow(bot, stopped.set)
        file.write_text(f"{start}[routing]\nkeep_existing = 1\n")
        _until(lambda: bot.core.readiness.refused_files, "the wrong file is used")
        choose(bot, "many_alerts", "cap", "7", actor="Maria")
        assert not stopped.wait(2)
        file.write_text(start)
        assert stopped.wait(60)
