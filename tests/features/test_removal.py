"""A feature can be removed: without its folder, the rest works, and what it brought is gone."""

import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import registry
from clickup_mlops.config import ENV_PREFIX
from tests import removal_probe

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]
PROBE = Path(removal_probe.__file__)
FEATURES = registry.features()
CONTENT = ("automations", "templates")
ROOMS = {"mcp_tools": "tools", "slash": "slash commands", "actions": "actions"}
"""What the files of a feature's sub-packages are, as the probe calls it."""
AUTOMATION = """
summary = "Uses what is not there"
on = ["taskCreated"]
do = [{{ action = "{action}" }}]

[[example]]
name = "acts"
"""
NOT_YET: dict[str, str] = {}
"""Features that cannot be removed yet, with the reason."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package and its content, compiled once: each test links to its files."""
    folder = tmp_path_factory.mktemp("package")
    for name in ("clickup_mlops", *CONTENT):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    compileall = [sys.executable, "-m", "compileall", "-q", folder / "clickup_mlops"]
    subprocess.run(compileall, check=True)
    return folder


@pytest.fixture(scope="module")
def names() -> dict[str, set[str]]:
    """What there is with all features."""
    return {kind: set(find()) for kind, find in removal_probe.NAMES.items()}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("feature", FEATURES)
def test_the_rest_works_without_a_feature(
    feature: str,
    package: Path,
    names: dict[str, set[str]],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """And without those that require it. It leaves nothing behind."""
    if reason := NOT_YET.get(feature):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    removed = _requiring(feature)

    result = _probe(_copy_without(removed, package, tmp_path), removed, tmp_path)

    _must_work(result, removed, names)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_pipeline_works_without_any_feature(
    package: Path, names: dict[str, set[str]], tmp_path: Path
) -> None:
    """It is what features are built on."""
    if NOT_YET:
        pytest.xfail("; ".join(NOT_YET.values()))

    result = _probe(_copy_without(FEATURES, package, tmp_path), FEATURES, tmp_path)

    _must_work(result, FEATURES, names)


def _requiring(feature: str) -> tuple[str, ...]:
    """The feature, and those that cannot be without it."""
    direct = [second for second in FEATURES if feature in registry.requirements(second)]
    # Several ways may lead to a feature.
    return (
        *dict.fromkeys(
            (feature, *(name for requiring in direct for name in _requiring(requiring)))
        ),
    )


def _copy_without(removed: Iterable[str], package: Path, folder: Path) -> Path:
    copy = folder / "copy"
    shutil.copytree(package, copy, copy_function=os.link)
    for feature in removed:
        shutil.rmtree(copy / "clickup_mlops" / "features" / feature)
    return copy


def _tables_of(removed: Iterable[str]) -> list[str]:
    """The tables of the configuration that the features declare."""
    models = registry.find_modules("settings", "SETTINGS")
    return [
        name
        for feature in removed
        if feature in models
        for name in inspect.get_annotations(models[feature])
    ]


def _probe(copy: Path, removed: Sequence[str], folder: Path) -> dict[str, Any]:
    """What still works in the copy, and what is said of settings and automations that use what was
    removed: see `removal_probe`.
    """
    work = folder / "work"
    work.mkdir()
    (work / "tables.toml").write_text("".join(f"[{table}]\n" for table in _tables_of(removed)))
    _write_examples(work / "automations", _brought_by(removed)["actions"])
    local = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    program = subprocess.run(
        [sys.executable, PROBE, copy, work],
        cwd=work,
        env=local | {"PYTHONPATH": str(copy)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert program.returncode == 0, program.stderr
    result: dict[str, Any] = json.loads(program.stdout.splitlines()[-1])
    return result


def _must_work(result: dict[str, Any], removed: Sequence[str], names: dict[str, set[str]]) -> None:
    assert result["imports"] == {}
    assert result["help"][0] == 0
    code, report = result["check"]
    assert code == 0, report
    priorities = result["pipeline"]
    assert priorities[removal_probe.INFERENCE] < priorities[removal_probe.TRAINING]
    _must_be_gone(result, removed, names)
    for table in _tables_of(removed):
        assert f"{table}: there is no such key" in result["settings"]
    for action in _brought_by(removed)["actions"]:
        assert f'no action is called "{action}"' in result["examples"][action]
    for name, problem in {
        **result["content"]["automations"],
        **result["content"]["templates"],
    }.items():
        assert f"{name}.toml" in problem


def _must_be_gone(
    result: dict[str, Any], removed: Iterable[str], names: dict[str, set[str]]
) -> None:
    brought = _brought_by(removed)
    for kind, remaining in result["names"].items():
        if kind == "sections":  # a page goes with the feature that has its PAGE
            assert set(remaining) <= names[kind] - brought[kind]
        else:
            assert set(remaining) == names[kind] - brought[kind]


def _write_examples(folder: Path, actions: Iterable[str]) -> None:
    """An automation for each action, by its name."""
    folder.mkdir()
    for action in actions:
        text = AUTOMATION.format(action=action)
        (folder / f"{action}.toml").write_text(text)


def _brought_by(removed: Iterable[str]) -> dict[str, set[str]]:
    """What the features bring to interfaces and automations, as the probe calls it."""
    brought: dict[str, set[str]] = {kind: set() for kind in removal_probe.NAMES}
    for feature in removed:
        folder = registry.FEATURES / feature
        for room, kind in ROOMS.items():
            brought[kind] |= {file.stem for file in (folder / room).glob("[!_]*.py")}
        brought["commands"] |= {
            " ".join(path).replace("_", "-") for path in _public_modules(folder / "cli")
        }
        brought["sections"] |= {"/".join(path) for path in _public_modules(folder / "pages")}
    return brought


def _public_modules(folder: Path) -> Iterator[tuple[str, ...]]:
    for file in folder.rglob("[!_]*.py"):
        yield file.relative_to(folder).with_suffix("").parts
