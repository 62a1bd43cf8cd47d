"""A working day of a team of six with every shipped automation on, played on the sandbox.

`Day` is the team with its tools, lost webhooks and kills; `play` is the script. What became of the
day is read from the sandbox, as people see it in ClickUp, and judged in `test_day.py`.
"""

import random
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import requests

from clickup_mlops import content
from clickup_mlops.bot.packages import Builds
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import SharedContext, Team, build, receiving, settings_for
from tests.flows.test_executor import Crash, Fate, MortalExecution
from tests.ports import BoundPort

MINUTE, HOUR = 60_000, 3_600_000
SECRET = "s3cret"
PEOPLE = ("Maria", "Jonas", "Priya", "Tom", "Wen")
"""With the bot a team of six. Jonas is on call."""
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "alert_incident": {"list": "Inference"},
    "live_incident": {
        "lead": "on_call",
        "call_url": "https://meet.example.org/${task.id}",
    },
    "incident_review": {"doc": "Post-mortems", "list": "Triage"},
    "inference_unassigned": {"assign": "on_call"},
    "missing_triage": {"lists": ["Triage"]},
    "model_registered": {"list": "Inference"},
    "pipeline_failed": {"list": "Data"},
    "silent_source": {"list": "Cluster"},
    "reported_again": {"status": "in progress"},
    "champion_moved": {"status": "complete"},
}
SCHEDULED = ("inference_unassigned", "blocked_inference", "training_deferred")
"""Automations whose schedule passes every quarter of an hour of the day."""


@dataclass
class Record:
    """What people did last, by task: what the day's end must show."""

    priorities: dict[str, int] = field(default_factory=dict)
    removed_tags: set[tuple[str, str]] = field(default_factory=set)
    outages: list[list[str]] = field(default_factory=list)
    """The tasks about each outage, by name: its alert's and those that people reported."""


class Day(Team):
    """The team, its tools, and a clock that only the script moves."""

    address = ""

    def __init__(self, sandbox: Sandbox, bot: Any, chance: random.Random, **how: Any) -> None:
        super().__init__(sandbox, bot, **how)
        self.chance, self.record, self.kills = chance, Record(), 0
        self.is_rough = False
        self._killed: list[Any] = []

    def settle(self) -> None:
        """As always, but whoever handles it may be killed at any write."""
        while True:
            try:
                return super().settle()
            except Crash:
                self.kills += 1
                self.start_again()

    def start_again(self, steps: int = 0) -> None:
        """Another bot goes on; after so many steps of its writes it is killed too. 0: it lives."""
        self._killed.append(self.bot)
        execution = partial(MortalExecution, fate=Fate(steps))
        builds = Builds(context=SharedContext, execution=execution)
        self.bot = build(self.bot.settings, builds=builds, **self._how)
        self.control.clock.advance(MINUTE)  # the leases of the bot that was killed end

    def close(self) -> None:
        """End the bots."""
        for bot in (*self._killed, self.bot):
            with bot:
                pass

    def wait(self, minutes: int) -> None:
        """Time passes; back-fill, re-evaluation and schedules run as they are due."""
        for minute in range(1, minutes + 1):
            self.control.clock.advance(MINUTE)
            self.settle()
            if minute % 5 == 0:
                self.job("backfill")
            if minute % 15 == 0:
                self.job("reevaluate")
                self.let_schedules_pass()

    def let_schedules_pass(self) -> None:
        """It is time for the automations with a schedule."""
        for automation in self.bot.context.automations:
            if automation.name in SCHEDULED:
                self.bot.sources.schedules.insert(automation, self.bot.now_ms())
        self.settle()

    # -- people and tools

    def create(self, member: str, task_list: str, name: str, **body: Any) -> str:
        """A person creates a task; its id."""
        task: str = self.control.as_user(member).create_task(task_list, name, **body)
        self.settle()
        return task

    def prioritise(self, member: str, task: str, priority: int | None) -> None:
        """A person sets a priority, which is theirs from now on, or clears it: the policy's."""
        self.control.as_user(member).set_priority(task, priority)
        self.record.priorities.pop(task, None)
        if priority is not None:
            self.record.priorities[task] = priority
        self.settle()

    def comment(self, member: str, task: str, text: str) -> None:
        """A person comments, perhaps with a command."""
        self.control.as_user(member).comment(task, text)
        self.settle()

    def untag(self, member: str, task: str, tag: str) -> None:
        """A person removes a tag: it stays away."""
        self.control.as_user(member).untag(task, tag)
        self.record.removed_tags.add((task, tag))
        self.settle()

    def alert(self, state: str, name: str, *, tool: str = "alertmanager", **labels: str) -> None:
        """The tool reports that the alert of this name is `firing` or `resolved`."""
        now = datetime.fromtimestamp(self.control.clock.now_ms() / 1000, UTC)
        stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        alert = {
            "status": state,
            "labels": {"alertname": name, "severity": "critical", **labels},
            "annotations": {"summary": "an incident is firing, users get errors"},
            "startsAt": stamp,
            "endsAt": stamp if state == "resolved" else "0001-01-01T00:00:00Z",
            "fingerprint": f"{zlib.crc32(name.encode()):08x}",
        }
        body = {"version": "4", "status": state, "groupKey": "{}:{}", "alerts": [alert]}
        self.report(tool, body)

    def report(self, tool: str, body: Mapping[str, Any]) -> None:
        """A tool posts to the bot."""
        head = {"Authorization": f"Bearer {SECRET}"}
        url, raw = f"{self.address}/hooks/in/{tool}", orjson.dumps(body)
        assert requests.post(url, raw, headers=head, timeout=9).status_code == 200
        self.settle()

    @contextmanager
    def lost_webhooks(self) -> Iterator[None]:
        """ClickUp never delivers what happens meanwhile."""
        self.control.faults.clear()
        self.control.faults.add("drop", event="*", times=None)
        try:
            yield
        finally:
            assert self.control.deliveries.wait_idle()
            self.control.faults.clear()
            self.roughen()

    def roughen(self) -> None:
        """On a rough day every delivery comes twice, out of order, and some calls fail."""
        if self.is_rough:
            self.control.faults.add("duplicate", event="*", times=None)
            self.control.faults.add("shuffle", event="*", times=None, wait_s=0.05)
            for kind in ("status", "cut_after", "rate_limit"):
                skip = self.chance.randrange(40)
                self.control.faults.add(kind, method="P*", path="/api/*", skip=skip, wait_s=1)

    def kill_soon(self) -> None:
        """On a rough day the bot starts again, and is killed at one of its next writes."""
        if self.is_rough:
            self.start_again(self.chance.randrange(4, 40))

    def task_named(self, start: str) -> str:
        """The id of the oldest task whose name starts like this."""
        return next(str(task.id) for task in self.control.tasks if task.name.startswith(start))


@contextmanager
def a_day(sandbox: Sandbox, folder: Path, seed: int) -> Iterator[Day]:
    """The team before its day begins: webhook registered, all quiet."""
    port = BoundPort()
    names = [path.stem for path in content.list_toml_files(content.find_folder("automations"))]
    chosen = {name: {"mode": "on", "settings": SETTINGS.get(name, {})} for name in names}
    tool = {"token": SECRET, "secret": SECRET, "find": {"field": "Model", "value": "labels.model"}}
    settings = settings_for(
        sandbox,
        folder,
        port,
        automations={"by_name": chosen},
        people={"on_call": ["Jonas"]},
        integrations={kind: tool | {"kind": kind} for kind in ("alertmanager", "grafana")},
    )
    sandbox.control.clock.advance(24 * HOUR)  # what is on the board is no new report
    clock = sandbox.control.clock.now_ms
    with ExitStack() as running:
        day = Day(sandbox, build(settings, clock=clock), random.Random(seed), clock=clock)
        running.callback(day.close)
        running.enter_context(receiving(day.receiver, port))
        day.address = f"http://127.0.0.1:{port}"
        day.bot.sources.hooks.register()
        day.bot.sources.backfill.run()
        assert day.bot.user_id
        day.settle()
        day.control.reset_counts()
        yield day


def play(day: Day, *, is_rough: bool) -> None:
    """From eight to six."""
    day.is_rough = is_rough
    day.roughen()
    morning(day)
    first_outage(day)
    midday(day)
    second_outage(day)
    evening(day)


def morning(day: Day) -> None:
    """Planning: new work of all sorts, and people who know better than the policy."""
    for member, task_list, name in (
        ("Maria", "Inference", "Roll out the vLLM endpoint for the ranker"),
        ("Priya", "Training", "Fine-tune the ranker on the March data"),
        ("Tom", "Data", "Label 2,000 more support tickets"),
        ("Wen", "Cluster", "Swap the fan of node gpu-12"),
        ("Priya", "Triage", "Write the agenda for the quarterly review"),
        ("Tom", "Training", "Sweep learning rates for the small encoder"),
    ):
        day.create(member, task_list, name)
    day.prioritise("Priya", day.task_named("Fine-tune the ranker on"), 1)
    day.prioritise("Wen", day.task_named("Swap the fan"), None)
    sweep = day.task_named("Sweep learning rates")
    day.comment("Tom", sweep, "/priority high for 2d please, the paper is due")
    day.record.priorities[sweep] = 2
    day.comment("Maria", day.task_named("Roll out the vLLM"), "/why")
    day.wait(45)


def first_outage(day: Day) -> None:
    """The chat model fails: a person and two alerts report it, one flaps, webhooks are lost."""
    service = day.task_named("Canary roll-out of chat 3.2")
    day.control.as_user("Maria").set_field(service, "Model", "chat-70b")
    day.settle()
    day.kill_soon()
    report = day.create("Tom", "Inference", "Chat completions are down: 503 for all customers")
    day.control.as_user("Tom").set_field(report, "Model", "chat-70b")
    day.settle()
    day.alert("firing", "ChatErrors", model="chat-70b")
    day.kill_soon()
    day.alert("firing", "ChatLatency", model="chat-70b")
    day.wait(6)
    for state in ("resolved", "firing", "resolved", "firing"):
        day.alert(state, "ChatLatency", model="chat-70b")
        day.wait(2)
    day.comment("Jonas", report, "Rolled back to 3.1, error rate falls")
    day.wait(35)
    day.record.outages.append(
        ["Chat completions are down", "ChatErrors", "ChatLatency", "Canary roll-out of chat 3.2"]
    )
    with day.lost_webhooks():
        day.control.as_user("Wen").comment(service, "Traffic is back on 3.1")
        day.control.as_user("Jonas").set_status(report, "complete")
    day.alert("resolved", "ChatLatency", model="chat-70b")
    day.alert("resolved", "ChatErrors", model="chat-70b")
    day.kill_soon()
    day.wait(60)


def midday(day: Day) -> None:
    """Ordinary work goes on, with lost webhooks and disagreement."""
    with day.lost_webhooks():
        task = day.control.as_user("Priya").create_task("Training", "Distil the 7B student again")
        day.control.as_user("Tom").set_priority(day.task_named("Label 2,000"), 2)
    day.record.priorities[day.task_named("Label 2,000")] = 2
    day.wait(10)
    day.prioritise("Priya", task, 3)
    slow = day.create("Wen", "Inference", "Embedding service is down for everybody")
    day.wait(2)
    if any(tag["name"] == "incident" for tag in day.control.task(slow)["tags"]):
        day.untag("Wen", slow, "incident")
    day.wait(50)


def second_outage(day: Day) -> None:
    """Grafana sees the speech gateway fail; it has no task yet."""
    day.kill_soon()
    day.alert("firing", "SpeechDown", tool="grafana", model="speech-2")
    day.wait(40)
    day.alert("resolved", "SpeechDown", tool="grafana", model="speech-2")
    day.record.outages.append(["SpeechDown"])
    day.wait(60)


def evening(day: Day) -> None:
    """Two quiet hours: nothing must happen by itself."""
    day.wait(120)
