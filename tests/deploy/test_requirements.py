"""What deployments install is what the package needs."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_every_dependency_is_locked_with_hashes() -> None:
    """Those of the package and of `postgres`. The head of the file says how to renew it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {*project["dependencies"], *project["optional-dependencies"]["postgres"]}
    text = (ROOT / "deploy" / "requirements.txt").read_text(encoding="utf-8")
    locked = re.findall(r"^([\w.-]+)==\S+.*\\\n +--hash=sha256:", text, re.MULTILINE)

    assert {_name(one) for one in wanted} <= {_name(one) for one in locked}
