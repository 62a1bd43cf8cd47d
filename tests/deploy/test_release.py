"""`nox -s release`: one command, the same bytes each time, and refusals that say what to do."""

import hashlib
import json
import os
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from clickup_mlops import __version__
from tests.deploy import programs
from tests.deploy.programs import ROOT, find, run

TOOL: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "release.py"))
CHANGELOG = """# Changelog

## 0.2.0 (unreleased)

- Faster.

## 0.1.0 (2026-12-01)

- First.
"""
DATE = "2027-01-31"
IDENTITY = {
    f"GIT_{role}_{key}": "t@t" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
}


@pytest.mark.once
def test_the_section_of_the_version_gets_its_date() -> None:
    """Once; what is dated stays as it is."""
    dated = TOOL["date_section"](CHANGELOG, "0.2.0", DATE)

    assert dated == CHANGELOG.replace("unreleased", DATE)
    assert TOOL["date_section"](dated, "0.2.0", "2027-02-01") == dated


@pytest.mark.once
@pytest.mark.parametrize(
    ("changelog", "words"),
    [
        (CHANGELOG.replace("0.2.0", "0.3.0"), "no section for 0.2.0"),
        (CHANGELOG.replace("- Faster.\n", ""), "says nothing about 0.2.0"),
    ],
)
def test_a_version_without_a_changelog_is_refused(changelog: str, words: str) -> None:
    """With what to write there."""
    with pytest.raises(TOOL["Refusal"], match=re.escape(words)) as refusal:
        TOOL["date_section"](changelog, "0.2.0", DATE)
    assert "list what users will notice." in refusal.value.args[1].lower()


@pytest.mark.once
@pytest.mark.parametrize("version", ["0.1.0", "0.1.1", "0.2.0", "1.0.0"])
def test_a_version_that_is_tagged_or_follows_is_accepted(version: str) -> None:
    """A tagged one is only built again."""
    TOOL["check_number"](version, ["v0.1.0", "backup"])


@pytest.mark.once
@pytest.mark.parametrize(
    ("version", "words"),
    [("1.0", "is no version"), ("v0.2.0", "is no version"), ("0.0.9", "does not follow 0.1.0")],
)
def test_another_version_is_refused(version: str, words: str) -> None:
    """Before anything is changed."""
    with pytest.raises(TOOL["Refusal"], match=words):
        TOOL["check_number"](version, ["v0.1.0"])


@pytest.mark.once
@pytest.mark.parametrize("file", TOOL["VERSIONED"])
def test_every_file_that_names_the_version_gets_the_new_one(file: str) -> None:
    """And names no other."""
    text = (ROOT / file).read_text(encoding="utf-8")
    changed = TOOL["set_version"](text, TOOL["VERSIONED"][file], "7.8.9")

    assert __version__ in text
    assert "7.8.9" in changed and __version__ not in changed


@pytest.mark.once
def test_the_workflow_runs_pinned_actions_and_keeps_no_token() -> None:
    """Each action by its commit; only the publishing job gets an identity, and it runs no code."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]

    assert workflow["permissions"] == {}
    assert {step["uses"].partition("@")[2] for step in steps if "uses" in step} == {
        match for step in steps for match in re.findall(r"@([0-9a-f]{40})$", step.get("uses", ""))
    }
    publish = workflow["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert not [step for step in publish["steps"] if "run" in step]
    assert "secrets." not in json.dumps(workflow)


@pytest.mark.deployment
@pytest.mark.once
@pytest.mark.timeout(900)
def test_a_release_is_cut_once_and_gives_the_same_bytes_again(tmp_path: Path) -> None:
    """Commit, tag and files; again, in another folder and with other rights of files, no commit."""
    find("twine"), find("uv"), find("cyclonedx-py")
    checkout = _clone_before_release(tmp_path / "checkout")

    hashes = _cut(checkout, "a")
    head = run("git", "rev-parse", "HEAD", folder=checkout)
    assert f"## {__version__} ({DATE})" in (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    assert run("git", "tag", folder=checkout).split() == [f"v{__version__}"]
    parts = ("clickup_client", "clickup_mlops", "clickup_sandbox")
    assert set(hashes) == {
        *(
            f"{name}-{__version__}{end}"
            for name in parts
            for end in (".tar.gz", "-py3-none-any.whl")
        ),
        f"clickup-mlops-{__version__}.cdx.json",
        "SHA256SUMS",
    }
    sums = (checkout / "dist" / "SHA256SUMS").read_text(encoding="utf-8").split()
    archives = {name for name in hashes if name.endswith((".whl", ".tar.gz"))}
    assert dict(zip(sums[1::2], sums[::2], strict=True)) == {
        name: hashes[name] for name in archives
    }
    _lists_what_is_locked(checkout / "dist" / f"clickup-mlops-{__version__}.cdx.json")

    before = os.umask(0o077)
    try:
        assert _cut(checkout, "other/folder") == hashes
    finally:
        os.umask(before)
    assert run("git", "rev-parse", "HEAD", folder=checkout) == head


def _clone_before_release(to: Path) -> Path:
    """A clone in which this version has neither a tag nor a date, as it is before its release."""
    checkout = programs.clone(to)
    if tags := run("git", "tag", folder=checkout).split():
        run("git", "tag", "--delete", *tags, folder=checkout)
    changelog = checkout / "CHANGELOG.md"
    heading = f"## {__version__} "
    text = re.sub(rf"(?m)^{heading}\(.*\)$", f"{heading}(unreleased)", changelog.read_text("utf-8"))
    changelog.write_text(text, encoding="utf-8")
    begin = ("git", "commit", "--quiet", "--allow-empty", "--all", "--message", "Begin")
    run(*begin, folder=checkout, variables=IDENTITY)
    return checkout


def _cut(checkout: Path, temporary: str) -> dict[str, str]:
    """The hashes of what is in dist/ afterwards, by name."""
    folder = checkout.parent / temporary
    folder.mkdir(parents=True)
    variables = {
        "TMPDIR": str(folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    command = (sys.executable, "tools/release.py", __version__, "--cut", "--date", DATE)
    run(*command, folder=checkout, variables=variables | IDENTITY)
    files = (checkout / "dist").iterdir()
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _lists_what_is_locked(file: Path) -> None:
    materials = json.loads(file.read_text(encoding="utf-8"))
    components = {part["name"].lower().replace("_", "-") for part in materials["components"]}
    product = materials["metadata"]["component"]

    assert (product["name"], product["version"]) == ("clickup-mlops", __version__)
    assert {"flask", "sqlalchemy", "mcp", "psycopg", "pycurl"} <= components


def test_what_is_not_committed_is_named(tmp_path: Path) -> None:
    """A release is a commit; the hint says what to do."""
    checkout = programs.clone(tmp_path / "checkout")
    (checkout / "README.md").write_text("half a thought")

    with pytest.raises(AssertionError, match=r"Error: not committed: README\.md\nHint: Commit"):
        run(sys.executable, "tools/release.py", __version__, folder=checkout)
