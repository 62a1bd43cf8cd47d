"""Cuts a release: version, date in the changelog, tag; builds and checks what is published.

    nox -s release -- 0.1.0          tries all of it in a clone; nothing changes here but dist/
    nox -s release -- 0.1.0 --cut    commits and tags here, too

Run again it goes on where it was stopped, and builds the same bytes again. Nothing is pushed.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NUMBER = re.compile(r"\d+\.\d+\.\d+")
VERSIONED = {
    "clickup_mlops/__init__.py": r'(?m)^(__version__ = ").*(")$',
    "distributions/sandbox/npm/package.json": r'(?m)^(  "version": ")[^"]*(",)$',
    "deploy/helm/Chart.yaml": r"(?m)^((?:app)?[vV]ersion: )\S+()$",
    "deploy/kubernetes/clickup-mlops.yaml": r'(image: "clickup-mlops:)[^"]*(")',
}
"""The files that name the version, with what stands before and after it."""
LOCK = "deploy/requirements.txt"
PARTS = ("distributions/client", "distributions/sandbox")
"""Projects that are published, too, with the same version."""


class Refusal(Exception):
    """Why there can be no such release; the second argument is what to do."""


def date_section(changelog: str, version: str, date: str) -> str:
    """The changelog with a date for the version's section; unchanged if it has one.

    Raises:
        Refusal: there is no such section, or nothing is in it.
    """
    heading = re.search(rf"(?m)^## {re.escape(version)} \((.+)\)\n", changelog)
    if not heading:
        raise Refusal(
            f"CHANGELOG.md has no section for {version}",
            f'Begin one with "## {version} (unreleased)" and list what users will notice.',
        )
    if not changelog[heading.end() :].partition("\n## ")[0].strip():
        raise Refusal(f"CHANGELOG.md says nothing about {version}", "List what users will notice.")
    if heading[1] != "unreleased":
        return changelog
    return changelog[: heading.start(1)] + date + changelog[heading.end(1) :]


def set_version(text: str, pattern: str, version: str) -> str:
    """The text with that version wherever the pattern is."""
    return re.sub(pattern, rf"\g<1>{version}\g<2>", text)


def check_number(version: str, tags: list[str]) -> None:
    """Nothing, if it is a version that follows those that are tagged, or one of them.

    Raises:
        Refusal: it is no version, or one between others.
    """
    if not NUMBER.fullmatch(version):
        raise Refusal(f"{version!r} is no version", "Three numbers, as in 0.1.0.")
    releases = [tag.removeprefix("v") for tag in tags if NUMBER.fullmatch(tag.removeprefix("v"))]
    latest = max(releases, key=_numbers, default="0.0.0")
    if version not in releases and _numbers(version) <= _numbers(latest):
        raise Refusal(f"{version} does not follow {latest}", "Choose a later version.")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


class Repository:
    """A checkout, in which a version is prepared, tagged and built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *command: str | Path, **variables: str) -> str:
        """What the command prints. Code is imported from this checkout.

        Raises:
            Refusal: it failed.
        """
        environment = {**os.environ, "PYTHONPATH": str(self.folder), **variables}
        outcome = subprocess.run(
            [str(word) for word in command],
            check=False,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        if outcome.returncode:
            output = (outcome.stderr.strip() or outcome.stdout.strip())[-2000:]
            raise Refusal(f"{' '.join(map(str, command))} failed", output)
        return outcome.stdout.strip()

    def tags(self) -> list[str]:
        """Every tag."""
        return self.run("git", "tag", "--list").splitlines()

    def must_be_clean(self) -> None:
        """Nothing, if all is committed.

        Raises:
            Refusal: it names the first files that are not.
        """
        if changes := self.run("git", "status", "--porcelain"):
            files = ", ".join(line.split(maxsplit=1)[1] for line in changes.splitlines()[:5])
            raise Refusal(f"not committed: {files}", "Commit or remove it; a release is a commit.")

    def prepare(self, version: str, date: str) -> None:
        """Set the version, generate what follows from it, and date the changelog."""
        for name, pattern in VERSIONED.items():
            file = self.folder / name
            text = file.read_text(encoding="utf-8")
            file.write_text(set_version(text, pattern, version), encoding="utf-8")
        changelog = self.folder / "CHANGELOG.md"
        dated = date_section(changelog.read_text(encoding="utf-8"), version, date)
        # The tables of a version are written while it has no date.
        self.run(sys.executable, "tools/generate.py")
        changelog.write_text(dated, encoding="utf-8")

    def tag(self, version: str, date: str) -> None:
        """Commit and tag the version, if that is not done yet."""
        if f"v{version}" in self.tags():
            return
        self.prepare(version, date)
        if self.run("git", "status", "--porcelain"):
            self.run("git", "add", "--all")
            self.run("git", "commit", "--quiet", "--message", f"Release {version}")
        self.run("git", "tag", "--annotate", f"v{version}", "--message", f"clickup-mlops {version}")


def build(repository: Repository, version: str, to: Path) -> list[Path]:
    """Wheels, sdists, their hashes, and the bill of materials of a tagged version, in this folder.

    The bill has no hash: what is installed, and so listed, differs with Python and system. The
    others are the same wherever they are built.
    """
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        source = Repository(Path(folder) / "source")
        branch = ("--branch", f"v{version}", "-c", "advice.detachedHead=false")
        repository.run("git", "clone", "--quiet", *branch, repository.folder, source.folder)
        epoch = source.run("git", "log", "-1", "--format=%ct")
        dist = source.folder / "dist"
        command = ("uv", "build", "--quiet", "--build-constraints", LOCK, "--require-hashes")
        for project in (".", *PARTS):
            source.run(*command, "--out-dir", dist, project, SOURCE_DATE_EPOCH=epoch)
        archives = sorted(dist.glob("*.whl")) + sorted(dist.glob("*.tar.gz"))
        source.run("twine", "check", "--strict", *archives)
        materials = dist / f"clickup-mlops-{version}.cdx.json"
        (wheel,) = dist.glob("clickup_mlops-*.whl")
        list_materials(source, wheel, materials, version)
        sums = dist / "SHA256SUMS"
        sums.write_text("".join(f"{_hash(file)}  {file.name}\n" for file in archives))
        to.mkdir(exist_ok=True)
        return [Path(shutil.copy(file, to)) for file in (*archives, materials, sums)]


def list_materials(source: Repository, wheel: Path, to: Path, version: str) -> None:
    """The CycloneDX bill of materials of what a server installs: the lock and the wheel.

    It is read from an environment in which they were installed, each file by its hash.
    """
    python = source.folder.parent / "venv" / "bin" / "python"
    install = ("uv", "pip", "install", "--quiet", "--python", python)
    source.run("uv", "venv", "--quiet", "--python", sys.executable, python.parents[1])
    source.run(*install, "--require-hashes", "--requirement", LOCK)
    source.run(*install, "--no-deps", wheel)
    if version not in source.run(python.with_name("clickup-mlops"), "--version", PYTHONPATH=""):
        raise Refusal(f"the wheel does not say that it is {version}", "Is __version__ read?")
    source.run(
        *("cyclonedx-py", "environment", "--pyproject", "pyproject.toml", "--output-reproducible"),
        *("--output-format", "JSON", "--output-file", to, python),
    )
    materials = json.loads(to.read_text(encoding="utf-8"))
    materials["metadata"]["component"]["version"] = version  # not in pyproject.toml
    to.write_text(json.dumps(materials, indent=2), encoding="utf-8")


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def release(version: str, date: str, *, is_cut: bool) -> list[Path]:
    """The files of a release in dist/.

    Raises:
        Refusal: it cannot be made, or a check failed.
    """
    here = Repository(ROOT)
    here.must_be_clean()
    check_number(version, here.tags())
    if is_cut:
        here.tag(version, date)
        return build(here, version, ROOT / "dist")
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        here.run("git", "clone", "--quiet", ROOT, folder)
        trial = Repository(Path(folder))
        trial.run("git", "config", "user.name", "trial")
        trial.run("git", "config", "user.email", "trial@localhost")
        trial.tag(version, date)
        print(trial.run("git", "show", "--stat", "--format=%s", f"v{version}^{{commit}}"))
        return build(trial, version, ROOT / "dist")


def main() -> int:
    """Parse the command line and print the files, or the reason why there are none."""
    parser = argparse.ArgumentParser(prog="nox -s release --", description=__doc__)
    parser.add_argument("version", help="such as 0.1.0")
    parser.add_argument("--cut", action="store_true", help="commit and tag here")
    parser.add_argument("--date", default=time.strftime("%Y-%m-%d", time.gmtime()))
    options = parser.parse_args()
    try:
        files = release(options.version, options.date, is_cut=options.cut)
    except Refusal as refusal:
        reason, hint = refusal.args
        print(f"Error: {reason}\nHint: {hint}", file=sys.stderr)
        return 1
    print(*(f"{_hash(file)}  {file}" for file in files), sep="\n")
    print(_next(options.version, is_cut=options.cut))
    return 0


def _next(version: str, *, is_cut: bool) -> str:
    if is_cut:
        return f"Next: git push origin HEAD v{version} starts .github/workflows/release.yml."
    return f"Nothing was committed. To do it: nox -s release -- {version} --cut"


if __name__ == "__main__":
    sys.exit(main())
