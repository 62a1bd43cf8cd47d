"""What a template says about its tasks drives the bot in its Space, and nowhere else."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clickup_mlops.features.provisioning.apply import run, undo
from clickup_mlops.features.provisioning.apply.journal import Journal
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.apply.undo import Undone
from clickup_mlops.features.provisioning.live import snapshot
from clickup_mlops.features.provisioning.plan import create
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.plan.upgrade import upgrade
from clickup_mlops.features.provisioning.tables.provisions import Provisions
from clickup_mlops.features.provisioning.template import desired, load
from clickup_mlops.features.simulation.lint import read_examples
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import INFERENCE, LIST, Team, build, receiving, settings_for
from tests.ports import BoundPort

FIELDS = "".join(
    f'[[space.field]]\nname = "{name}"\ntype = "number"\n'
    for name in ("P99 latency ms", "SLO latency ms", "Queue min", "Agreed queue min")
)
SERVING = """
summary = "Requests are answered at once."
strategy = "latency-bound serving"
[routing.priorities.inference]
normal = "high"
[slo."P99 latency ms"]
objective = "SLO latency ms"
[metrics."P99 latency ms"]
source = "prometheus"
query = "p99"
[space]
name = "Ranker"
[[space.list]]
name = "Releases"
"""
BATCH = """
summary = "Rows are scored over night."
strategy = "throughput-bound batch"
[routing.lists]
Jobs = "data"
[slo."Queue min"]
objective = "Agreed queue min"
[space]
name = "Scoring"
[[space.list]]
name = "Jobs"
"""
URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4


class Provisioned:
    """A team whose Spaces are made from templates in a folder."""

    def __init__(self, team: Team, folder: Path) -> None:
        self.team, self.folder, self.bot = team, folder, team.bot
        team.control.world.field_creation = "on"
        self._space_policies = self.bot.store.space_policies
        self.journal = Journal(
            self.bot.store.table(Provisions), self.bot.workspace_id, self.bot.now_ms
        )

    def write(self, name: str, text: str) -> None:
        """The template's file."""
        (self.folder / f"{name}.toml").write_text(text + FIELDS, encoding="utf-8")

    def plan(self, name: str) -> Plan:
        """What the template wants done."""
        want = desired.tree(load.load(self.folder, name))
        return create.make(
            self.bot.client,
            self.bot.workspace_id,
            want,
            self.journal.known(),
            template=name,
            experimental=True,
            policies=self._space_policies.of,
        )

    def apply(self, name: str, text: str) -> None:
        """From its file, as `provision apply` does."""
        self.write(name, text)
        run.apply(self.plan(name), self._session(), self.journal, max_changes=100)
        self.team.settle()

    def upgrade(self, name: str, text: str) -> None:
        """To a new text, as `provision upgrade` does."""
        self.write(name, text)
        journal = self.journal
        result = upgrade(
            self.plan(name),
            journal.remembered(),
            journal.named(name, load.load(self.folder, name).instance),
        )
        run.apply(result.plan, self._session(), self.journal, max_changes=100)
        self.journal.accept(result.plan)

    def undo(self) -> Undone:
        """The newest run."""
        newest = undo.newest(self.journal)
        want, remembered = undo.desired(newest), self.journal.remembered()
        workspace, client = self.bot.workspace_id, self.bot.client
        have = snapshot.look(client, workspace, want, remembered, self._space_policies.of).tree
        planned = undo.plan(newest, self._session(), self.journal, have)
        return undo.undo(planned, self._session(), self.journal)

    def _session(self) -> Session:
        return Session(
            self.bot.client,
            self.bot.workspace_id,
            self.bot.now_ms,
            lambda _s: None,
            self._space_policies,
        )

    def task(self, place: str, **numbers: float) -> str:
        """A task of always the same text, with these numbers in its fields."""
        task = self.team.member.create_task(place, INFERENCE)
        self.team.settle()
        self.measure(task, **numbers)
        return task

    def measure(self, task: str, **numbers: float) -> None:
        """Somebody fills in fields."""
        for name, value in numbers.items():
            self.team.member.set_field(task, name.replace("_", " "), value)
        self.team.settle()

    def why(self, task: str) -> str:
        """What `why` says."""
        decided = self.bot.store.decisions.latest(task)
        return "\n".join(decided.body["reasons"]) if decided else ""

    def tags(self, task: str) -> set[str]:
        """Names."""
        return {tag["name"] for tag in self.team.control.task(task)["tags"]}


@pytest.fixture
def provisioned(
    clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Provisioned]:
    """`inference_first` and `slo_breach` are on; a parameter is the configured `[routing]`."""
    port = BoundPort()
    routing = getattr(request, "param", {})
    chosen = {"by_name": {"slo_breach": {"mode": "on"}}}
    settings = settings_for(clickup_sandbox, tmp_path, port, automations=chosen, routing=routing)
    folder = tmp_path / "templates"
    folder.mkdir()
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=clickup_sandbox.control.clock.now_ms))
        running.enter_context(receiving(bot, port))
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        assert bot.user_id
        yield Provisioned(Team(clickup_sandbox, bot), folder)


def test_the_same_task_is_routed_by_the_template_of_its_space(provisioned: Provisioned) -> None:
    """Each Space has its own priorities and its own objectives; `why` says whose they are."""
    provisioned.apply("serving", SERVING)
    provisioned.apply("batch", BATCH)
    priority = provisioned.team.priority
    in_releases, in_jobs, elsewhere = (
        provisioned.task(list_name) for list_name in ("Releases", "Jobs", LIST)
    )
    assert [priority(task) for task in (in_releases, in_jobs, elsewhere)] == [HIGH, LOW, NORMAL]

    numbers = {"P99_latency_ms": 750, "SLO_latency_ms": 500}
    numbers |= {"Queue_min": 5, "Agreed_queue_min": 60}
    for task in (in_releases, in_jobs):
        provisioned.measure(task, **numbers)
    assert [priority(task) for task in (in_releases, in_jobs)] == [URGENT, LOW]
    assert ("slo-breach" in provisioned.tags(in_releases), provisioned.tags(in_jobs)) == (
        True,
        set(),
    )
    provisioned.measure(in_jobs, Queue_min=90)
    assert (priority(in_jobs), provisioned.tags(in_jobs)) == (HIGH, {"slo-breach"})

    origin = 'by template serving (latency-bound serving) of the Space "Ranker"'
    assert origin in provisioned.why(in_releases)
    assert 'template batch (throughput-bound batch) of the Space "Scoring"' in provisioned.why(
        in_jobs
    )
    assert "template" not in provisioned.why(elsewhere)


def test_an_upgrade_holds_at_once_and_an_undo_goes_back(provisioned: Provisioned) -> None:
    """The bot runs on; each undo takes one run back, the last one all of it."""
    provisioned.apply("serving", SERVING)
    first = provisioned.task("Releases", P99_latency_ms=750, SLO_latency_ms=500)
    assert provisioned.team.priority(first) == URGENT

    changed = SERVING.replace('"high"', '"normal"').replace('"P99 latency ms"]', '"Queue min"]')
    provisioned.upgrade("serving", changed)
    assert not any(step.operation == "update" for step in provisioned.plan("serving").steps)
    provisioned.measure(first, P99_latency_ms=760)
    assert provisioned.team.priority(first) == NORMAL
    assert provisioned.team.priority(provisioned.task("Releases")) == NORMAL

    provisioned.undo()
    assert provisioned.team.priority(provisioned.task("Releases")) == HIGH

    undone = provisioned.undo()
    assert (("space", "Ranker"), ("policy", "serving")) in undone.removed
    last = provisioned.task("Releases")
    assert provisioned.team.priority(last) == NORMAL
    assert "template" not in provisioned.why(last)


@pytest.mark.parametrize(
    "provisioned", [{"priorities": {"inference": {"normal": "normal"}}}], indirect=True
)
def test_what_is_configured_wins(provisioned: Provisioned) -> None:
    """Over the template; what only the template says holds beside it."""
    provisioned.apply("serving", SERVING)
    task = provisioned.task("Releases")
    assert provisioned.team.priority(task) == NORMAL

    provisioned.measure(task, P99_latency_ms=750, SLO_latency_ms=500)
    assert provisioned.team.priority(task) == URGENT


def test_an_event_needs_no_other_calls_than_elsewhere(provisioned: Provisioned) -> None:
    """What templates say is read from the store."""
    provisioned.apply("serving", SERVING)
    stats, call_counts = provisioned.team.control.stats, []
    for place in (LIST, "Releases"):
        provisioned.team.control.reset_counts()
        task = provisioned.task(place)
        call_counts.append(
            {(method, path.replace(task, "ID")) for _, method, path, _ in stats.recent}
        )
    assert (
        call_counts[0] == call_counts[1] == {("GET", "/api/v2/task/ID"), ("PUT", "/api/v2/task/ID")}
    )


def test_bindings_are_kept_and_a_breach_names_its_source(provisioned: Provisioned) -> None:
    """For whatever reads metrics."""
    provisioned.apply("serving", SERVING)
    store = provisioned.bot.store
    (binding,) = store.space_policies.bindings(provisioned.bot.workspace_id)
    assert (binding.field, binding.source, binding.query) == ("P99 latency ms", "prometheus", "p99")

    task = provisioned.task("Releases")
    holds = provisioned.bot.context.router.policy_of(provisioned.bot.context.reader.read_now(task))
    assert holds.metrics == {"p99 latency ms": "prometheus"}


def test_a_template_enables_automations_in_its_space_alone(provisioned: Provisioned) -> None:
    """Off in the configuration, it acts there; the template's name tells no workload."""
    provisioned.apply("team", 'enable = ["missing_triage"]\n' + SERVING)
    places = [
        provisioned.team.member.create_task(list_name, "To be seen")
        for list_name in ("Releases", LIST)
    ]
    provisioned.team.settle()
    provisioned.team.control.clock.advance(300_000)
    provisioned.team.settle()

    assert [provisioned.tags(place) for place in places] == [{"needs-triage"}, set()]


def test_an_enabled_automation_is_not_one_that_is_configured(provisioned: Provisioned) -> None:
    """From the next start of the bot on; what the configuration says of one wins."""
    enabling = 'enable = ["missing_triage", "slo_breach"]\n' + SERVING
    provisioned.apply("serving", enabling)
    provisioned.apply("batch", BATCH)
    (space,) = (
        space_policy.space_id
        for space_policy in provisioned.bot.store.space_policies.all()
        if space_policy.enable
    )
    with build(provisioned.bot.settings, clock=provisioned.team.control.clock.now_ms) as restarted:
        spaces = {in_space.name: in_space.spaces for in_space in restarted.context.in_spaces}
        assert spaces["missing_triage"] == {space}
        assert spaces["slo_breach"] == frozenset()  # on everywhere: configured
        places = [provisioned.task(list_name) for list_name in ("Releases", "Jobs", LIST)]
        tasks = [restarted.context.reader.read_now(place) for place in places]
        (triage,) = (
            in_space
            for in_space in restarted.context.in_spaces
            if in_space.name == "missing_triage"
        )

    assert [triage.reaches(task) for task in tasks] == [True, False, False]
    assert triage.mode_for(tasks[0]) == "on"


def test_lint_reads_recorded_tasks_by_the_policy_of_their_space(provisioned: Provisioned) -> None:
    """As the evaluation of events does: `task.breaches` of the template's own pair of fields."""
    provisioned.apply("scoring", BATCH)
    inside = provisioned.task("Jobs", Queue_min=20, Agreed_queue_min=10)
    outside = provisioned.team.member.create_task(LIST, INFERENCE)
    provisioned.team.settle()

    store = provisioned.bot.store
    examples = read_examples(store, Router(Policy(), spaces=store.space_policies))
    pairs = {
        example.task.id: {slo.metric for slo in example.lookups.slos()} for example in examples
    }

    assert "Queue min" in pairs[inside]
    assert "Queue min" not in pairs[outside]
