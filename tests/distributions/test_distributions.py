"""The client and the sandbox as distributions of their own, each alone in an empty environment."""

import json
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import requests

import clickup_mlops
from clickup_mlops.sandbox import Sandbox
from tests.distributions.installing import ROOT, Environment, build
from tests.http_server import Handler, serving

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.timeout(300)]

MOST_BYTES = {"client": 150_000, "sandbox": 300_000}
MOST_DIRECT = {"client": 4, "sandbox": 5}

LIST_TASKS = """
import sys
from clickup_client import ClickUp, NotFound
url, token, list_id = sys.argv[1:]
sys.stderr = sys.stdout
with ClickUp(token, base_url=url) as clickup:
    clickup.tasks.create(list_id, "Roll out", priority=2)
    print(*(task.name for task in clickup.tasks.in_list(list_id)))
    try:
        clickup.tasks.get("86nosuch0")
    except NotFound as problem:
        print(problem.code, problem.hint)
"""

IN_PYTEST = """
import pytest, requests
@pytest.mark.clickup_sandbox(plan="Free")
def test_it(clickup_sandbox):
    headers = {"Authorization": clickup_sandbox.token}
    url = f"{clickup_sandbox.url}/api/v2/team"
    (team,) = requests.get(url, headers=headers, timeout=5).json()["teams"]
    assert team["id"] == clickup_sandbox.team_id
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    return {name: build(ROOT / "distributions" / name, folder) for name in MOST_BYTES}


@pytest.fixture(scope="module")
def client(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("client") / "venv", wheels["client"])


@pytest.fixture(scope="module")
def sandbox(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("sandbox") / "venv"
    return Environment(folder, wheels["sandbox"], "pytest")


@contextmanager
def served(sandbox: Environment, *options: str) -> Iterator[dict[str, Any]]:
    """The installed program, on a free port; what it says about itself."""
    command = [sandbox.scripts / "clickup-sandbox", "--port", "0", "--json", *options]
    with subprocess.Popen(
        command, cwd=sandbox.folder, env=sandbox.environ(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.mark.parametrize("name", MOST_BYTES)
def test_a_wheel_is_small_and_needs_little(
    name: str, wheels: dict[str, Path], request: pytest.FixtureRequest
) -> None:
    """Its size and its dependencies are printed, and bounded; nothing of the bot is in it."""
    environment: Environment = request.getfixturevalue(name)
    size = wheels[name].stat().st_size
    sys.stdout.write(
        f"clickup-{name}: {size / 1024:.0f} KiB, {len(environment.direct)} direct dependencies "
        f"({', '.join(environment.direct)}), {len(environment.dependencies)} in all\n"
    )

    assert size <= MOST_BYTES[name]
    assert len(environment.direct) <= MOST_DIRECT[name]
    assert f"clickup_{name}-{clickup_mlops.__version__}-py3-none-any.whl" == wheels[name].name
    for file in environment.site.joinpath(f"clickup_{name}").rglob("*.py"):
        assert "clickup_mlops." not in file.read_text(), file


def test_the_packages_are_typed(wheels: dict[str, Path], tmp_path: Path) -> None:
    """So the modules that take the place of the bot's have all that is used of those."""
    for wheel in wheels.values():
        zipfile.ZipFile(wheel).extractall(tmp_path)
    packages = [f"clickup_{name}" for name in wheels]
    command = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", *packages]
    outcome = subprocess.run(
        command, cwd=tmp_path, env=Environment.environ(), capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stdout


def test_no_two_distributions_own_a_file(wheels: dict[str, Path]) -> None:
    """So that all can be installed and removed in any order."""
    files = [set(zipfile.ZipFile(wheel).namelist()) for wheel in wheels.values()]

    assert not files[0] & files[1]
    for names in files:
        assert not [name for name in names if name.startswith("clickup_mlops/")]


@pytest.mark.parametrize("name", MOST_BYTES)
def test_a_wheel_of_the_source_archive_is_the_same(
    name: str, wheels: dict[str, Path], tmp_path: Path
) -> None:
    """`python -m build` makes the archive first, and the wheel from it, without the repository."""
    archive = build(ROOT / "distributions" / name, tmp_path, "sdist")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    rebuilt = build(tmp_path / archive.name.removesuffix(".tar.gz"), tmp_path)

    assert rebuilt.read_bytes() == wheels[name].read_bytes()
    project = ROOT / "distributions" / name
    assert (project / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_client_lists_tasks(client: Environment, clickup_sandbox: Sandbox) -> None:
    """With nothing installed but what it declares; an error that is handled is no line."""
    list_id = clickup_sandbox.control.list_id("Tasks")
    arguments = (clickup_sandbox.url, clickup_sandbox.token, list_id)
    lines = client.run(client.python, "-c", LIST_TASKS, *arguments).splitlines()

    assert lines[0] == "Roll out"
    assert lines[1].startswith("ITEM_013 It was deleted")
    assert len(lines) == 2


def test_the_sandbox_starts_creates_and_delivers(sandbox: Environment) -> None:
    """By its program alone: a task over HTTP, and a webhook that hears of it."""
    events: list[str] = []

    class Receiver(Handler):
        def post(self) -> None:
            events.append(json.loads(self.body())["event"])
            self.answer(200)

    with serving(Receiver) as server, served(sandbox) as facts:
        api, headers = f"{facts['url']}/api/v2", {"Authorization": facts["token"]}
        hook = {"endpoint": f"http://127.0.0.1:{server.server_port}/", "events": ["taskCreated"]}
        team = facts["workspace_id"]
        places = requests.get(f"{facts['url']}/_sandbox/places", timeout=5).json()
        requests.post(f"{api}/team/{team}/webhook", json=hook, headers=headers, timeout=5)
        tasks = f"{api}/list/{places['lists']['Tasks']}/task"
        created = requests.post(tasks, json={"name": "Hello"}, headers=headers, timeout=5)
        idle = f"{facts['url']}/_sandbox/deliveries/wait_idle"
        requests.post(idle, json={"timeout_s": 10}, timeout=20)

        assert created.json()["name"] == "Hello"
        assert events == ["taskCreated"]


def test_the_sandbox_brings_its_fixture_to_pytest(sandbox: Environment) -> None:
    """Without a line of configuration."""
    (sandbox.folder / "test_mine.py").write_text(IN_PYTEST)
    assert "1 passed" in sandbox.run(sandbox.python, "-m", "pytest", "-q", "test_mine.py")


IN_NODE = """
const { start } = require(process.argv[1]);
(async () => {
  const sandbox = await start(["--strict"]);
  const headers = { Authorization: sandbox.token };
  const answer = await fetch(`${sandbox.url}/api/v2/team`, { headers });
  const { teams } = await answer.json();
  console.log(teams[0].id === sandbox.workspace_id, await sandbox.stop(), await sandbox.stop());
})();
"""


@pytest.mark.skipif(not which("node"), reason="no node on the PATH")
def test_the_npm_package_starts_and_stops_the_sandbox(sandbox: Environment) -> None:
    """From JavaScript, and by its script, which passes options and the exit code on."""
    package = ROOT / "distributions" / "sandbox" / "npm"
    path = f"{sandbox.scripts}:{Path(str(which('node'))).parent}"
    assert sandbox.run("node", "-e", IN_NODE, package, PATH=path) == "true 0 0\n"

    refused = subprocess.run(
        ["node", package / "bin/clickup-sandbox.js", "--plan", "Gold"],
        env=sandbox.environ(PATH=path),
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 1
    assert "unknown plan 'Gold'" in refused.stderr
    manifest = json.loads((package / "package.json").read_text())
    assert manifest["version"] == clickup_mlops.__version__
