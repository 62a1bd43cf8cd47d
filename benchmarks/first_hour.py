"""How long does a new user need, from nothing to a dashboard? `python benchmarks/first_hour.py`

Does what a person does, in new environments without pip's cache, beside a sandbox with the board of
a team that has no custom field. Counts commands, clicks in ClickUp, answers typed and lines edited;
measures minutes of wall clock and CPU seconds of everything that a step starts. `--before DIR`, a
checkout of an earlier commit, does the same there: what it has no command for is shown as "none".
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from family import ROOT

sys.path.insert(0, str(ROOT))

from clickup_mlops.sandbox import Sandbox, running
from tests.ports import reserve_port

TEMPLATE = "realtime_inference"
FIELD = "P99 latency ms"
SOURCE = """
[metrics.sources.chat]
kind = "file"
path = "numbers.json"

[[metrics.bindings]]
field = "P99 latency ms"
source = "chat"
measure = "p99"
"""
DASHBOARD = """
[dashboard]
enabled = true
public_url = "https://bot.example.org"
"""
FIELD_CLICKS = 5
"""Open the List, "+" at the right of the columns, the type, the name, Create."""
EMBED_CLICKS = 3
"""+ View, Embed, paste and add."""


@dataclass
class Step:
    """What a person did for it, and what it took."""

    name: str
    commands: int = 0
    clicks: int = 0
    answers: int = 0
    lines: int = 0
    minutes: float = 0
    cpu_s: float = 0
    note: str = ""


@dataclass
class Person:
    """Somebody in a folder with an environment of their own."""

    folder: Path
    sandbox: Sandbox
    source: Path
    steps: list[Step] = field(default_factory=list)
    port: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Measures what is run in it."""
        step, start, before = Step(name), time.monotonic(), _children_cpu_s()
        yield step
        step.minutes = (time.monotonic() - start) / 60
        step.cpu_s = _children_cpu_s() - before
        self.steps.append(step)
        print(f"{self.source}: {step}", file=sys.stderr)

    def run(
        self, step: Step, *command: str, answers: int = 0, codes: tuple[int, ...] = (0,)
    ) -> str:
        """One command, whose output is returned."""
        step.commands += 1
        step.answers += answers
        outcome = subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if outcome.returncode not in codes:
            raise SystemExit(f"{command}: {outcome.returncode}\n{outcome.stdout[-3000:]}")
        return outcome.stdout

    def bot(self, step: Step, *arguments: str, **how: object) -> str:
        """A command of the program."""
        return self.run(step, "venv/bin/clickup-mlops", *arguments, **how)  # type: ignore[arg-type]

    @contextmanager
    def serving(self, step: Step) -> Iterator[str]:
        """`serve`, in another terminal; its address."""
        step.commands += 1
        command = [str(self.folder / "venv/bin/clickup-mlops"), "serve"]
        with subprocess.Popen(
            command, cwd=self.folder, env=self._environment(), stderr=subprocess.DEVNULL
        ) as process:
            url = f"http://127.0.0.1:{self.port}"
            _until_healthy(url)
            yield url
            process.terminate()
            process.wait()

    def edit(self, step: Step, text: str) -> None:
        """Lines at the end of the settings file."""
        step.lines += len(text.strip().splitlines())
        with (self.folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write(text)

    def let_write(self, step: Step) -> None:
        """Values of fields follow the mode of the bot."""
        file = self.folder / "config.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('mode = "shadow"', 'mode = "on"'), encoding="utf-8")
        step.lines += 'mode = "shadow"' in text

    def _environment(self) -> dict[str, str]:
        names = ("PATH", "LANG", "TMPDIR", "SSL_CERT_FILE", "PIP_CONSTRAINT", "PIP_FIND_LINKS")
        return {name: os.environ[name] for name in names if name in os.environ} | {
            "HOME": str(self.folder),
            "PIP_NO_CACHE_DIR": "1",
            "CLICKUP_MLOPS_CLICKUP__TOKEN": self.sandbox.token,
            "CLICKUP_MLOPS_CLICKUP__BASE_URL": self.sandbox.url,
            "CLICKUP_MLOPS_SERVER__PORT": str(self.port),
        }


def _children_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _until_healthy(url: str) -> None:
    for _ in range(1200):
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("serve does not answer")


def clone_and_demo(person: Person) -> None:
    """`run.py` makes an environment in the clone."""
    with person.step("clone → demo ended") as step:
        person.run(step, "git", "clone", "--quiet", str(person.source), "clone")
        person.run(step, sys.executable, "clone/run.py", "demo")


def install(person: Person, step: Step) -> None:
    """pip, in a new environment."""
    person.run(step, sys.executable, "-m", "venv", "venv")
    person.run(step, "venv/bin/pip", "install", "--quiet", str(person.folder / "clone"))


def after(person: Person) -> None:
    """The way of this commit."""
    lists = ("--list", "Serving", "--list", "Training", "--channel", "ml-team")
    with person.step("pip → guided shadow on own Lists") as step:
        install(person, step)
        output = person.bot(step, "init", "--guided", *lists, answers=3)
    with person.step("→ first proposal") as step:
        assert "would have raised" in output
        assert any("would have raised" in text.content for text in person.sandbox.world.messages)
        step.note = "printed and in the channel, by the same command"
    with person.step("→ live in a List") as step, person.serving(step):
        person.bot(step, "live", "Serving")
    metric(person)
    dashboard(person)


def before(person: Person) -> None:
    """The way of an earlier commit, which has no guide and no proposal."""
    with person.step("pip → guided shadow on own Lists") as step:
        install(person, step)
        person.bot(step, "init")
        person.bot(step, "provision", "apply", TEMPLATE, "--yes", codes=(0, 3))
        output = person.bot(step, "provision", "verify", TEMPLATE, "--json", codes=(0, 2, 3))
        steps, step.clicks = _manual(output)
        step.note = f"no guide: a template, {steps} steps by hand, counted, not done"
        step.commands -= 1  # `verify` only counts them
    with person.step("→ first proposal") as step, person.serving(step):
        person.bot(step, "backfill", "--all")
        step.note = "none in ClickUp: `why TASK` for each task, at the machine"
    with person.step("→ live in a List") as step:
        person.let_write(step)
        step.note = "in all Lists at once, after a restart"
        with person.serving(step):
            pass
    metric(person)
    dashboard(person)


def _manual(output: str) -> tuple[int, int]:
    """Steps by hand, and their clicks."""
    items = json.loads(output[output.index("{") :])["items"]
    return len(items), sum(len(item["clicks"]) for item in items)


def metric(person: Person) -> None:
    """The field by hand, a source with its binding, and one pass."""
    control = person.sandbox.control
    with person.step("→ first metric in a field") as step:
        step.clicks = FIELD_CLICKS
        control.create_field(FIELD, "number", list_name="Serving")
        serving = control.list_id("Serving")
        task = next(task for task in control.tasks if task.list_id == serving)
        number = [{"task": task.name, "p99": 120}]
        (person.folder / "numbers.json").write_text(json.dumps(number), encoding="utf-8")
        person.edit(step, SOURCE)
        person.let_write(step)
        person.bot(step, "metrics", "push", codes=(0, 1, 2))
        (value,) = [
            entry.get("value")
            for entry in control.task(task.id)["custom_fields"]
            if entry["name"] == FIELD
        ]
        assert float(value) == 120, value


def dashboard(person: Person) -> None:
    """A link, which answers; the clicks are those of ClickUp's Embed view."""
    with person.step("→ dashboard embedded") as step:
        step.clicks = EMBED_CLICKS
        person.edit(step, DASHBOARD)
        with person.serving(step) as url:
            output = person.bot(step, "dashboard", "embed", "now")
            path = output[output.index("/dashboard/embed/") :].split()[0]
            with urllib.request.urlopen(f"{url}{path}", timeout=60) as answer:
                assert answer.status == 200


def walk(source: Path, way: str) -> list[Step]:
    """Every step, in a folder that is removed."""
    folder = Path(tempfile.mkdtemp(prefix="first-hour-"))
    try:
        with running(seed="plain", rate_limit=0) as sandbox:
            person = Person(folder, sandbox, source, port=reserve_port())
            clone_and_demo(person)
            (after if way == "after" else before)(person)
            return person.steps
    finally:
        shutil.rmtree(folder)


def table(steps: list[Step], title: str) -> None:
    """As Markdown."""
    print(f"\n{title}\n")
    print("| step | commands | clicks | answers | lines | minutes | CPU s | |")
    print("| --- | --: | --: | --: | --: | --: | --: | --- |")
    for step in steps:
        counts = f"{step.commands} | {step.clicks} | {step.answers} | {step.lines}"
        print(f"| {step.name} | {counts} | {step.minutes:.1f} | {step.cpu_s:.0f} | {step.note} |")


def main() -> None:
    """Both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="Checkout of an earlier commit.")
    options = parser.parse_args()
    table(walk(ROOT, "after"), "Now")
    if options.before:
        table(walk(options.before, "before"), "Before")


if __name__ == "__main__":
    main()
