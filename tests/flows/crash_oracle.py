"""Streams of events, bots that are killed at chosen points, and a count of what became of it all.

Counted is what ClickUp and the receiver of outgoing webhooks have, never what the bot says.
"""

import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from tests.flows.conftest import EXAMPLES, INFERENCE, LIST, until
from tests.flows.crash_bots import Nursery
from tests.flows.crash_proxy import CUTS, KINDS, LOOKING, MAKING, POINTS, Aim, Proxy, Receiver

CHANNEL = "alerts"
TIMEOUT_S = 3.0
"""Of the bot's calls; so long it also waits for what it does not find."""
AUTOMATIONS = {
    "a_route": 'on = ["taskCreated"]\nwhen = \'task.list == "Tasks"\'\ndo = [{ action = "route" }]',
    "hello": """
on = ["taskCreated"]
when = 'task.list == "Tasks"'
do = [{ action = "comment", text = "Hello", mode = "new" }]
""",
    "tell": """
on = ["taskTagUpdated"]
when = 'task.list == "Tasks"'
do = [
  { action = "comment", text = "Tagged", mode = "new" },
  { action = "post_chat", channel = "alerts", text = "about ${task.id}", key = "${event.key}" },
  { action = "webhook", to = "RECEIVER" },
]
""",
    "ticket": """
on = ["taskCreated", "taskTagUpdated"]
when = 'task.list == "Tasks"'
do = [{ action = "create_task", list = "Inbox", name = "Ticket ${task.id}", link = false }]
""",
}
"""One thing of each sort for each event. The last automation makes a thing that a later event would
make too, if the first one's were not known.
"""


@dataclass
class Tally:
    """What there is of each sort, for each task that a person made."""

    kills: Counter[str] = field(default_factory=Counter)
    cuts: Counter[str] = field(default_factory=Counter)
    created: dict[str, int] = field(default_factory=dict)
    missing: Counter[tuple[str, str]] = field(default_factory=Counter)
    doubled: Counter[tuple[str, str]] = field(default_factory=Counter)
    tasks: int = 0
    calls: int = 0
    posted: int = 0
    seconds: float = 0.0

    def compare(
        self,
        sort: str,
        have: Mapping[str, int],
        acked: Mapping[str, int],
        happened: Mapping[str, int],
    ) -> None:
        """Note what is missing of what was acknowledged, and what is more than ever happened: what
        was not told, as ClickUp has suspended the webhook, may be derived, once.
        """
        self.created[sort] = sum(have.values())
        for name, count in acked.items():
            self.missing[sort, name] = max(0, count - have.get(name, 0))
        for name, count in have.items():
            self.doubled[sort, name] = max(0, count - happened.get(name, 0))

    @property
    def wrong(self) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        """What was lost and what was doubled, by sort and task; nothing, if all is well."""
        return +self.missing, +self.doubled

    def __str__(self) -> str:
        created = ", ".join(f"{count} {sort}" for sort, count in self.created.items())
        return (
            f"{self.tasks} tasks of people, {self.kills.total()} kills and {self.cuts.total()} cuts"
            f" in {self.seconds:.0f} s: {created}; {self.calls} calls, {self.posted} posts; "
            f"{self.missing.total()} lost, {self.doubled.total()} doubled\n"
            f"kills {dict(self.kills)}\ncuts {dict(self.cuts)}\n"
        )


class CrashRun:
    """A team on the sandbox, and a bot that dies again and again. `close` it."""

    def __init__(self, sandbox: Sandbox, folder: Path, store_url: str, chance: random.Random):
        self.sandbox, self.chance, self._store_url = sandbox, chance, store_url
        self.member = sandbox.control.as_user(sandbox.control.members[1].id)
        self.proxy = Proxy(sandbox.url, self._strike)
        self.receiver = Receiver(self.proxy)
        self.tally = Tally()
        self.tags: Counter[str] = Counter()
        self._pid: int | None = None
        (automations := folder / "automations").mkdir()
        for name, text in AUTOMATIONS.items():
            head = f'summary = "{name}"\ncap = 1000000\n'
            text = text.replace("RECEIVER", self.receiver.url)
            (automations / f"{name}.toml").write_text(f"{head}{text}\n{EXAMPLES}", encoding="utf-8")
        self.nursery = Nursery(
            folder,
            clickup={
                "token": sandbox.token,
                "base_url": self.proxy.url,
                "batch_window": 0,
                "timeout": TIMEOUT_S,
                "http_client": os.environ.get("CLICKUP_MLOPS_TEST_HTTP_CLIENT", "auto"),
            },
            store={"url": store_url},
            automations={"mode": "on", "folder": str(automations)},
            outbound={"secret": "whsec_" + "A" * 32, "allow_hosts": ["127.0.0.1"]},
        )

    def close(self) -> None:
        """End everything that was started."""
        self.nursery.close()
        self.proxy.close()
        self.receiver.close()

    def run(self, kills: int, seconds: float) -> Tally:
        """So many deaths while events come in; then a last life until all is quiet."""
        began = time.monotonic()
        self._pid = self.nursery.serve()
        # A webhook that the bot did not remember would be replaced, and events meanwhile not told.
        until(self.nursery.is_ready, 60)
        self._strike()
        for aim in itertools.islice(self._aims(), kills):
            self._life(aim)
        self.proxy.aim()
        self._pid = self.nursery.serve()
        until(self.nursery.listens, 60)
        self._drain(time.monotonic() + seconds)
        self.tally.seconds = time.monotonic() - began
        self._count()
        sys.stdout.write(str(self.tally))
        sys.stdout.writelines(self._list_evidence())
        return self.tally

    def _aims(self) -> Iterator[Aim]:
        """Every kind of call at every point in turn, in an order of chance."""
        every = [Aim(kind, point) for kind in [*KINDS, "webhook"] for point in POINTS]
        while True:
            self.chance.shuffle(every)
            for aim in every:
                late = self.chance.uniform(0, 0.006) if aim.point == "after" else 0.0
                yield Aim(aim.kind, aim.point, late)

    def _life(self, aim: Aim) -> None:
        cuts = []
        if self.chance.random() < 0.3:
            kind, point = self.chance.choice(MAKING), self.chance.choice(CUTS)
            cuts.append(Aim(kind, point, self.chance.uniform(0.2, 0.8) * TIMEOUT_S))
            self.tally.cuts[f"{point} {kind}"] += 1
        self.proxy.aim(*cuts, aim)
        self._pid = self.nursery.start()
        for _ in range(2):
            self._event()
        if self.proxy.struck.wait(1.0 if aim.kind in LOOKING else 3.0):
            self.tally.kills[f"{aim.point} {aim.kind}"] += 1
        else:
            self.proxy.aim()
            self.tally.kills["at random"] += 1
        self._strike()

    def _event(self) -> None:
        task = self.member.create_task(LIST, INFERENCE)
        self.tags[task] = 0
        for tag in self.chance.sample([*self.tags][-6:], k=min(2, len(self.tags))):
            self.tags[tag] += 1
            self.member.tag(tag, f"t{self.tags[tag]}")
        if self.chance.random() < 0.5:
            self.member.comment(self.chance.choice([*self.tags][-6:]), "/why")

    def _strike(self) -> None:
        if self._pid is not None:
            self.nursery.kill(self._pid)

    def _drain(self, end: float) -> None:
        """Until nothing waits, neither at ClickUp nor in the inbox, and nothing is called."""
        while time.monotonic() < end:
            before = self.proxy.calls.total()
            self.sandbox.control.deliveries.flush()
            time.sleep(1.5)
            quiet = self.sandbox.control.deliveries.wait_idle(0)
            if quiet and self.proxy.calls.total() == before and self._is_empty():
                return
        raise AssertionError("the inbox was not emptied in time")

    def _is_empty(self) -> bool:
        with Store.open(self._store_url) as store:
            depth = store.inbox.depth(0)
            assert depth.parked == 0, store.inbox.list("parked", 5)
            return depth.ready == 0 and not store.journal.unfinished()

    def _count(self) -> None:
        world, tally = self.sandbox.world, self.tally
        created, tagged = (
            self._count_acked("taskCreated"),
            self._count_acked("taskTagUpdated"),
        )
        tickets = Counter(
            task.name.removeprefix("Ticket ")
            for task in world.tasks
            if task.name.startswith("Ticket ")
        )
        once = dict.fromkeys(self.tags, 1)
        tally.compare("tasks", tickets, dict.fromkeys([*created, *tagged], 1), once)
        comment_counts = Counter(
            (comment.on_id, comment.text.split("\n")[0]) for comment in world.comments
        )
        hello = {task: count for (task, text), count in comment_counts.items() if text == "Hello"}
        about = {task: count for (task, text), count in comment_counts.items() if text == "Tagged"}
        tally.compare("first comments", hello, created, once)
        tally.compare("comments", about, tagged, self.tags)
        posted = Counter(message.content.split()[1] for message in world.messages)
        tally.compare("chat messages", posted, tagged, self.tags)
        commented_task = {
            comment.id: comment.on_id for comment in world.comments if comment.text == "/why"
        }
        answers = Counter(
            commented_task[comment.reply_to] for comment in world.comments if comment.reply_to
        )
        requests = Counter(commented_task.values())
        tally.compare("replies", answers, self._count_acked("taskCommentPosted"), requests)
        bodies = [orjson.loads(body) for body, _times in self.receiver.received.values()]
        received = Counter(body["task"]["id"] for body in bodies)
        tally.compare("webhooks", received, tagged, self.tags)
        bot = self.sandbox.control.members[0].id
        writes = self.sandbox.control.writes(field="priority", actor=bot)
        write_counts = Counter(write.task_id for write in writes)
        tally.compare("priorities", write_counts, created, once)
        self._count_entries(once, write_counts)
        tally.tasks = len(self.tags)
        tally.calls = self.proxy.calls.total()
        tally.posted = sum(times for _body, times in self.receiver.received.values())

    def _list_evidence(self) -> Iterator[str]:
        """Events, writes and comments of each task on which something is missing or doubled."""
        missing, doubled = self.tally.wrong
        with Store.open(self._store_url) as store:
            for task in sorted({name for _sort, name in (*missing, *doubled)}):
                yield f"{task}\n"
                for row in store.inbox.following(task, 0, 1_000):
                    yield f"  event {row.id} {row.key} {row.received_ms} {row.state}\n"
                for write in store.task_writes.since([task], 0):
                    yield f"  write {write}\n"
        for comment in self.sandbox.world.comments:
            if any(comment.on_id == name for _sort, name in (*missing, *doubled)):
                yield f"  comment {comment.id} {comment.date} {comment.text!r}\n"

    def _count_entries(self, created: Mapping[str, int], write_counts: Mapping[str, int]) -> None:
        """Of the timeline: what it says of tasks that people made, by people and by the bot."""
        with Store.open(self._store_url) as store:
            entries = [
                entry for task in self.tags for entry in store.timeline.of_task(task, 0, 2**60)
            ]
        bot = self.sandbox.control.members[0].id
        kinds = Counter((entry.kind, entry.task_id) for entry in entries)
        have = {task: kinds["created", task] for task in self.tags}
        acked = self._count_acked("taskCreated")
        self.tally.compare("entries of creations", have, acked, created)
        have = {task: kinds["priority", task] for task in self.tags}
        acked = self._count_acked("taskPriorityUpdated", bot)
        self.tally.compare("entries of writes", have, acked, write_counts)

    def _count_acked(self, kind: str, user: int | None = None) -> Counter[str]:
        """What the member (or another user) did with the member's tasks, and the bot acknowledged:
        by task.
        """
        user = user or self.member.user.id
        return Counter(
            str(delivery.task_id)
            for delivery in self.sandbox.control.delivery_log(kind)
            if delivery.task_id in self.tags
            and delivery.outcome == "delivered"
            and orjson.loads(delivery.body)["history_items"][0]["user"]["id"] == user
        )
