"""What tutorials and how-tos tell a reader to type works, in order, from an empty folder.

Each `sh` block of a page is run by a shell against a sandbox. A page whose block cannot be run says
why in a comment before it: `<!-- not run: needs a public host -->`. What a page takes for granted
(tasks, files, answers to questions) is in `tests/cases/docs/<folder>/<page>.toml`.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest

from clickup_mlops.sandbox import Sandbox, monday, running
from clickup_mlops.sandbox.monday import MondaySandbox
from tests.ports import reserve_port

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests/cases/docs"
PAGES = sorted([*(ROOT / "docs/tutorial").glob("*.md"), *(ROOT / "docs/how-to").glob("*.md")])
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>[^>]+) -->\n+)?^(?P<indent> *)```(?P<kind>\w+)\n"
    r"(?P<text>.*?)^ *```$",
    re.DOTALL | re.MULTILINE,
)
SHELLS = ("sh", "shell", "bash")
PROGRAMS = ("bash", "curl", "openssl")
"""What the commands need besides `clickup-mlops`."""
# Exit codes 2 and 3 say that there is work: see `ExitCode`.
PRELUDE = """\
set -eu
export PATH="$PWD/.venv/bin:$PATH"
first() { "$PYTHON" -c 'import json, sys
rows = json.load(sys.stdin)
print((rows[sys.argv[1]] if isinstance(rows, dict) else rows)[0][sys.argv[2]])' "$@"; }
asked() { curl -s "http://127.0.0.1:$CLICKUP_MLOPS_SERVER__PORT/readyz" | grep -q "$1"; }
until_it_says() {
  for _ in $(seq 300); do if asked "$1"; then return; fi; sleep 0.4; done
  echo "serve does not say $1" >&2; return 1
}
until_ready() { until_it_says '"ready":true'; }
serve_for_a_while() {
  CLICKUP_MLOPS_AUTOMATIONS__MODE=${1:-on} "$PYTHON" -m clickup_mlops serve & until_ready
  clickup-mlops backfill --all
  until_it_says '"inbox":{"ready":0,"waiting":0'
  kill $!; wait $! || true
}
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
"""
# Exit codes 2 and 3 say that there is work: see `ExitCode`.
PROGRAM = f"""\
#!/bin/sh
"{sys.executable}" -m clickup_mlops "$@"; code=$?
case $code in 0|2|3) exit 0;; esac
echo "exit code $code: clickup-mlops $*" >&2; exit 1
"""
SERVE = re.compile(r"^((?:\w+=\S+ )*)clickup-mlops (serve\b[^#&\n]*)(?:&.*|#.*)?$", re.MULTILINE)
BESIDE = r'\1"$PYTHON" -m clickup_mlops \2 & until_ready'
CONFIG = re.compile(r"^ *```toml\n(# config\.toml.*?)^ *```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """What a page takes for granted."""

    seed: str = "demo"
    reads_settings: bool = False
    """The blocks that begin with `# config.toml` are the settings."""
    config: str = ""
    setup: str = ""
    monday: str = ""
    """Seed of a Monday.com beside it."""
    replace: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """By path; `block: <words>` is the page's block with these words."""


@dataclass(frozen=True)
class Block:
    """One block of a page: its commands, and why they are not run, if they are not."""

    text: str
    reason: str


def blocks(page: Path) -> list[Block]:
    """The blocks of commands, as they stand."""
    matches = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [
        Block(dedent(match["text"]), match["reason"] or "")
        for match in matches
        if match["kind"] in SHELLS
    ]


def read_case(page: Path) -> Case:
    """What there is about the page; defaults without a file."""
    path = CASES / page.parent.name / f"{page.stem}.toml"
    return Case(**tomllib.loads(path.read_text(encoding="utf-8"))) if path.exists() else Case()


def script(page: Path, case: Case) -> str:
    """The page's commands, for a shell; `serve` runs beside what follows."""
    commands = "\n".join(block.text for block in blocks(page) if not block.reason)
    for name, value in case.replace.items():
        commands = commands.replace(name, value)
    return PRELUDE + case.setup + SERVE.sub(BESIDE, commands)


def settings(page: Path, case: Case) -> str:
    """The settings file of the page's reader."""
    text = page.read_text(encoding="utf-8")
    return "\n".join([case.config, *(CONFIG.findall(text) if case.reads_settings else ())])


def prepare(page: Path, case: Case, folder: Path) -> None:
    """A folder with the program, the settings, and files."""
    text = page.read_text(encoding="utf-8")
    program = folder / ".venv/bin/clickup-mlops"
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    if config := settings(page, case).strip():
        (folder / "config.toml").write_text(config, encoding="utf-8")
    for name, content in case.files.items():
        words = content.removeprefix("block: ")
        if words != content:
            (content,) = [match["text"] for match in BLOCK.finditer(text) if words in match["text"]]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def run_at_a_terminal(command: str, folder: Path, env: dict[str, str]) -> tuple[int, str]:
    """Exit code and output; each question is answered by `y`."""
    ours, theirs = os.openpty()
    os.write(ours, b"y\n" * 20)
    try:
        outcome = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=env,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return outcome.returncode, outcome.stdout


def environment(folder: Path, sandbox: Sandbox, monday: MondaySandbox | None) -> dict[str, str]:
    """Nothing of who runs the tests but what Python needs."""
    names = ("PATH", "LANG", "PYTHONDONTWRITEBYTECODE", "TMPDIR")
    port = str(reserve_port())
    source = {"TOKEN": monday.token, "BASE_URL": monday.url} if monday else {}
    return {
        **{name: os.environ[name] for name in names if name in os.environ},
        **{f"CLICKUP_MLOPS_MONDAY__{name}": value for name, value in source.items()},
        "HOME": str(folder),
        "PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "CLICKUP_MLOPS_CLICKUP__TOKEN": sandbox.token,
        "CLICKUP_MLOPS_CLICKUP__BASE_URL": sandbox.url,
        "CLICKUP_MLOPS_HOOKS__PUBLIC_URL": f"http://127.0.0.1:{port}/hooks/clickup",
        "CLICKUP_MLOPS_SERVER__PORT": port,
    }


def test_a_reason_says_something() -> None:
    """Every block that is not run has one of some words."""
    reasons = [block.reason for page in PAGES for block in blocks(page) if block.reason]

    assert [reason for reason in reasons if len(reason.split()) < 2] == []


def test_most_blocks_are_run() -> None:
    """Reasons are for exceptions."""
    every = [block for page in PAGES for block in blocks(page)]

    assert sum(not block.reason for block in every) > 0.6 * len(every)


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="the pages' commands are for a Unix shell")
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(not block.reason for block in blocks(page))],
    ids=lambda page: page.stem,
)
def test_the_commands_of_the_page_work(page: Path, tmp_path: Path) -> None:
    """Each ends without an error; what is missing, its output says."""
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    case = read_case(page)
    prepare(page, case, tmp_path)

    with ExitStack() as stack:
        sandbox = stack.enter_context(running(seed=case.seed, rate_limit=0))
        source = stack.enter_context(monday.running(seed=case.monday)) if case.monday else None
        env = environment(tmp_path, sandbox, source)
        code, output = run_at_a_terminal(script(page, case), tmp_path, env)

    assert code == 0, output[-6_000:]
