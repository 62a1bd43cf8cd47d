"""What pip installs is complete: the wheel runs in an empty environment, outside the checkout."""

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

from clickup_mlops.bot.lanes import engines
from tests.deploy.programs import ROOT, find, run

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
OF_NO_EXTRA = {"threads"}
"""Engines that the package itself brings."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    builder = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    run(sys.executable, "-c", builder, folder)
    return next(folder.glob("*.whl"))


@pytest.fixture
def homes(tmp_path: Path) -> dict[str, str]:
    """Variables that give pipx and uv folders of their own."""
    names = ("PIPX_HOME", "PIPX_BIN_DIR", "PIPX_MAN_DIR", "UV_TOOL_DIR", "UV_TOOL_BIN_DIR")
    return {name: str(tmp_path / name) for name in names}


def test_the_wheel_holds_content_pages_and_licence(wheel: Path) -> None:
    """Automations, templates, pages, type marker and licence travel with the package."""
    names = zipfile.ZipFile(wheel).namelist()

    for expected in (
        "clickup_mlops/_content/automations/inference_first.toml",
        "clickup_mlops/_content/templates/base.toml",
        "clickup_mlops/_content/templates/llm_serving.toml",
        "clickup_mlops/_content/docs/how-to/write-an-automation.md",
        "clickup_mlops/_content/docs/reference/automations/gpu_budget.md",
        "clickup_mlops/py.typed",
        "clickup_mlops/views/section.html",
        "clickup_mlops/features/dashboard/web/static/live.js",
        "clickup_mlops/views/section.css",
        "clickup_mlops/features/dashboard/web/templates/page.html",
        "licenses/LICENSE",
    ):
        assert any(name.endswith(expected) for name in names), expected
    assert not [name for name in names if "tests/" in name or name.endswith(".db")]


@pytest.mark.once
def test_every_extra_that_a_hint_names_exists() -> None:
    """In messages and pages; and each extra is named in one of them."""
    files = [
        ROOT / "README.md",
        *(ROOT / "clickup_mlops").rglob("*.py"),
        *(ROOT / "docs").rglob("*.md"),
    ]
    texts = [file.read_text(encoding="utf-8") for file in files]
    named = {
        extra
        for text in texts
        for extras in re.findall(r"clickup-mlops\[([a-z, ]+)\]", text)
        for extra in re.split(r",\s*", extras)
    }

    assert named == set(EXTRAS)
    assert set(engines.names()) - OF_NO_EXTRA <= set(EXTRAS)  # the hint is made from the name


@pytest.mark.deployment
@pytest.mark.timeout(400)
def test_the_wheel_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed with its declared dependencies alone, it knows its content and runs a sandbox."""
    python = tmp_path / "venv" / "bin" / "python"
    program = python.with_name("clickup-mlops")
    run(find("uv"), "venv", "-q", "--python", sys.executable, tmp_path / "venv")
    run(find("uv"), "pip", "install", "-q", "--python", python, wheel)

    assert run(program, "--version", folder=tmp_path).startswith("clickup-mlops, version ")
    listed = json.loads(run(program, "automations", "list", "--json", folder=tmp_path))
    assert "inference_first" in {automation["name"] for automation in listed["automations"]}
    assert _ask_its_sandbox(program, tmp_path)["user"]["username"]


def _ask_its_sandbox(program: Path, folder: Path) -> dict[str, dict[str, str]]:
    """Who its sandbox says the token belongs to."""
    with subprocess.Popen(
        [program, "sandbox", "serve", "--port", "0", "--json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        env={k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "CLICKUP_"))},
    ) as sandbox:
        assert sandbox.stdout is not None
        try:
            address = json.loads(sandbox.stdout.readline())
            request = urllib.request.Request(
                f"{address['url']}/api/v2/user", headers={"Authorization": address["token"]}
            )
            with urllib.request.urlopen(request, timeout=60) as response:
                user: dict[str, dict[str, str]] = json.load(response)
        finally:
            sandbox.send_signal(signal.SIGTERM)  # else its end is waited for
    return user


@pytest.mark.deployment
@pytest.mark.timeout(400)
@pytest.mark.once
def test_pipx_installs_it_with_extras_and_its_demo_runs(
    wheel: Path, tmp_path: Path, homes: dict[str, str]
) -> None:
    """As users do; the demo starts a sandbox and the bot."""
    pipx = (find("pipx"), "install", "-q", "--python", sys.executable)
    run(*pipx, f"{wheel}[mcp,pictures]", variables=homes, folder=tmp_path)

    program = Path(homes["PIPX_BIN_DIR"]) / "clickup-mlops"
    report = json.loads(run(program, "demo", "--no-keep", "--json", folder=tmp_path))
    assert {"Urgent", "Low"} <= {task["after"] for task in report["tasks"]}


@pytest.mark.deployment
@pytest.mark.timeout(400)
@pytest.mark.once
def test_uvx_runs_it(wheel: Path, tmp_path: Path, homes: dict[str, str]) -> None:
    """Nothing is installed for good."""
    uvx = (find("uv"), "tool", "run", "-q", "--python", sys.executable, "--from", wheel)
    output = run(*uvx, "clickup-mlops", "--version", variables=homes, folder=tmp_path)
    assert output.startswith("clickup-mlops, version ")


@pytest.mark.deployment
@pytest.mark.timeout(400)
@pytest.mark.once
@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_every_extra_can_be_installed(extra: str, wheel: Path, tmp_path: Path) -> None:
    """The index has packages for it that fit together."""
    run(find("uv"), "venv", "-q", "--python", sys.executable, tmp_path / "venv")
    install = (find("uv"), "pip", "install", "-q", "--dry-run", "--python", tmp_path / "venv")
    run(*install, f"clickup-mlops[{extra}] @ {wheel.as_uri()}")
