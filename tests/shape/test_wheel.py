"""What pip installs is complete: the wheel runs in an empty environment, outside the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    builder = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    subprocess.run(
        [sys.executable, "-c", builder, folder], cwd=ROOT, check=True, capture_output=True
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_content_pages_and_licence(wheel: Path) -> None:
    """Automations, templates, pages, type marker and licence travel with the package."""
    names = zipfile.ZipFile(wheel).namelist()

    for wanted in (
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
        assert any(name.endswith(wanted) for name in names), wanted
    assert not [name for name in names if "tests/" in name or name.endswith(".db")]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_wheel_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed with its declared dependencies alone, it routes tasks and knows its content."""
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-compile", wheel], check=True)

    assert _run(python, tmp_path, "--version").startswith("clickup-mlops, version ")
    listed = json.loads(_run(python, tmp_path, "automations", "list", "--json"))
    assert "inference_first" in {automation["name"] for automation in listed["automations"]}


def _run(python: Path, folder: Path, *arguments: str) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "CLICKUP_"))}
    done = subprocess.run(
        [python.with_name("clickup-mlops"), *arguments],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
