"""Builds a distribution and installs its wheel with what it declares to need, without network."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def build(project: Path, folder: Path, kind: str = "wheel") -> Path:
    """The wheel, or `sdist`, that its build backend makes of a project."""
    builder = f"import sys, hatchling.build as b; print(b.build_{kind}(sys.argv[1]))"
    run = subprocess.run(
        [sys.executable, "-c", builder, folder],
        cwd=project,
        check=True,
        capture_output=True,
        text=True,
    )
    return folder / run.stdout.strip()


class Environment:
    """An empty virtual environment with one wheel, and what it and `more` declare to need."""

    def __init__(self, folder: Path, wheel: Path, *more: str) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.folder, self.scripts = folder, folder / "bin"
        self.python = self.scripts / "python"
        install = ["--python", self.python, "install", "-q", "--no-deps", "--no-index", wheel]
        subprocess.run([sys.executable, "-m", "pip", *install], check=True)
        (self.site,) = folder.glob("lib/python*/site-packages")
        (own,) = (Distribution.at(path) for path in self.site.glob("*.dist-info"))
        self.direct = [*_list_requirements(own)]
        self.dependencies = sorted(_collect(self.direct))
        for name in _collect([*self.direct, *more]):
            self._link(distribution(name))

    def run(self, *arguments: str | Path, **more: str) -> str:
        """Standard output of a command in it that succeeds."""
        outcome = subprocess.run(
            arguments, cwd=self.folder, env=self.environ(**more), capture_output=True, text=True
        )
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        return outcome.stdout

    @staticmethod
    def environ(**more: str) -> dict[str, str]:
        """Variables without those that would lead back to the checkout."""
        return {
            k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "CLICKUP"))
        } | more

    def _link(self, dependency: Distribution) -> None:
        """As if it was installed here: a link to each of its files' top-level folders."""
        places = {Path(file).parts[0] for file in dependency.files or ()} - {"..", "__pycache__"}
        for place in places:
            target = self.site / place
            if not target.exists():
                target.symlink_to(Path(str(dependency.locate_file(place))))


def _list_requirements(owner: Distribution) -> Iterator[str]:
    """What it needs here, without its extras."""
    for line in owner.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)


def _collect(names: Iterable[str]) -> set[str]:
    """These and what they need, at any depth."""
    visited: set[str] = set()
    open_names = list(names)
    while open_names:
        name = open_names.pop()
        if name not in visited:
            visited.add(name)
            open_names += _list_requirements(distribution(name))
    return visited
