"""What deployments install is what the package needs."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.programs import LOCK, ROOT, find, run

TABLE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = TABLE["project"]["optional-dependencies"]


def _name(requirement: str) -> str:
    result = re.match(r"[\w.-]+", requirement)
    assert result
    return re.sub(r"[-_.]+", "-", result[0]).lower()


def _of_extra(name: str) -> Iterator[str]:
    """What an extra asks for, with the extras of the package that it names."""
    for requirement in EXTRAS[name]:
        itself = re.fullmatch(r"clickup-mlops\[(.*)\]", requirement)
        if itself:
            for extra in itself[1].split(","):
                yield from _of_extra(extra)
        else:
            yield requirement


def test_every_dependency_is_locked_with_hashes() -> None:
    """Those of the package, of the extra `server`, and what builds the package."""
    expected = {
        *TABLE["project"]["dependencies"],
        *_of_extra("server"),
        *TABLE["dependency-groups"]["build"],
    }
    text = LOCK.read_text(encoding="utf-8")
    locked = re.findall(r"^([\w.-]+)==\S+.*\\\n +--hash=sha256:", text, re.MULTILINE)

    assert {_name(requirement) for requirement in expected} <= {
        _name(requirement) for requirement in locked
    }


@pytest.mark.deployment
@pytest.mark.once
def test_the_lock_follows_from_the_declared_dependencies() -> None:
    """A dependency that is added, dropped or bounded otherwise is locked anew."""
    find("uv")
    run(find("nox"), "-s", "lock", "--", "--check")


@pytest.mark.deployment
@pytest.mark.once
def test_what_does_not_fit_the_lock_is_refused(tmp_path: Path) -> None:
    """A file of another hash than the one in the lock is not installed."""
    run(find("uv"), "venv", "-q", "--python", sys.executable, tmp_path / "venv")
    install = (find("uv"), "pip", "install", "--python", tmp_path / "venv", "--require-hashes")
    only = re.search(r"^click==.*\\\n(?: +--hash=.*\n)+", LOCK.read_text(), re.MULTILINE)
    assert only
    changed = tmp_path / "changed.txt"
    changed.write_text(re.sub(r"sha256:\w{4}", "sha256:0000", only[0]))

    with pytest.raises(AssertionError, match=r"[Hh]ash"):
        run(*install, "--no-cache", "-r", changed)
