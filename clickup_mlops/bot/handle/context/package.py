"""What events are evaluated with: automations, classifier, policy, and what is known."""

from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops import logs
from clickup_mlops.automations import load
from clickup_mlops.automations.choices import merge
from clickup_mlops.automations.effects import tag
from clickup_mlops.automations.model import Automation
from clickup_mlops.automations.names import Names
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.handle.context.authorship import Authorship
from clickup_mlops.bot.handle.context.bot_tags import BotTags
from clickup_mlops.bot.handle.context.directory import ON_CALL, Directory
from clickup_mlops.bot.handle.context.enabled import enabled
from clickup_mlops.bot.handle.context.firing_alerts import FiringAlerts
from clickup_mlops.bot.handle.context.recent_deployments import RecentDeployments
from clickup_mlops.bot.handle.context.routing_context import RoutingContext
from clickup_mlops.bot.handle.context.template_names import TemplateNames
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.read.reader import Reader, TaskReader
from clickup_mlops.bot.write.people import People
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier import classify, learned
from clickup_mlops.routing.classifier.classify import Classifier
from clickup_mlops.routing.corroboration import Witnesses
from clickup_mlops.routing.own_words import ChainedAuthors
from clickup_mlops.routing.router import CachedClassifier, Router
from clickup_mlops.routing.surroundings import Surroundings, from_json

_log = logs.get()
_TEXTS: Final = 256
"""A task that was just created changes often, its text seldom."""


_NAMES: Final = 1_024
"""Lists and Folders, of which there are fewer than tasks."""


class ContextPackage(Package):
    """Automations and classifier need neither token nor store."""

    @member
    def automations(self) -> tuple[Automation, ...]:
        """The automations, checked."""
        settings = self.core.settings.automations
        return load.load(*settings.folders, choices=settings.by_name)

    @member
    def in_spaces(self) -> tuple[Automation, ...]:
        """The automations, with the Spaces whose templates enable those that are off."""
        settings, automations = self.core.settings.automations, self.automations
        choices: load.Choices = settings.by_name
        if chosen := self.core.extensions.automation_choices():
            choices = merge(choices, chosen)
            automations = self._as_chosen(choices)
        return enabled(automations, self.core.store.space_policies.all(), choices)

    def _as_chosen(self, choices: load.Choices) -> tuple[Automation, ...]:
        """With what people chose since the start; what does not fit any more is left out."""
        try:
            return load.load(*self.core.settings.automations.folders, choices=choices)
        except ContentError as problem:
            _log.error("automation_choices_not_used", problem=str(problem), hint=problem.hint)
            return self.automations

    @member
    def classifier(self) -> Classifier:
        """Tells a task's workload from its text."""
        settings = self.core.settings.classifier
        return classify.load(settings.corpus, learned.read(settings.learned))

    @member
    def router(self) -> Router:
        """The policy with the classifier, and what templates say about their Spaces."""
        core = self.core
        cached = CachedClassifier(self.classifier, _TEXTS)
        authors = ChainedAuthors(*core.extensions.authors(), self.authorship)
        witnesses: tuple[Witnesses, ...] = (
            FiringAlerts(core.store),
            RecentDeployments(core.store),
            *core.extensions.witnesses(),
        )
        policy, spaces = core.settings.routing, core.store.space_policies
        return Router(
            policy,
            cached,
            spaces,
            authors,
            witnesses=witnesses,
            surroundings=self.surroundings,
        )

    @member
    def surroundings(self) -> Surroundings:
        """What Lists, people and parents tell of a task's workload."""
        taught = learned.read(self.core.settings.classifier.learned) or {}
        names = CachedClassifier(self.classifier, _NAMES)
        return Surroundings(from_json(taught.get("surroundings")), names, self._workload_of)

    def _workload_of(self, task_id: str) -> str:
        latest = self.core.store.decisions.latest(task_id)
        return str(latest.body.get("workload") or "") if latest else ""

    @member
    def authorship(self) -> Authorship:
        """Tells whether people wrote the words of a task."""
        core = self.core
        names = TemplateNames(
            lambda: core.client.templates.tasks(core.workspace_id),
            core.store.cursors,
            workspace=lambda: core.workspace_id,  # commands without a token route, too
            clock=core.now_ms,
        )
        template_names = names if core.settings.clickup.token.get_secret_value() else frozenset[str]
        return Authorship(core.store, me=self._me, template_names=template_names, clock=core.now_ms)

    @member
    def routing_context(self) -> RoutingContext:
        """What stands around a task."""
        store = self.core.store
        return RoutingContext(store.mirror, store.overrides, store.decisions, self._alerts_over)

    def _alerts_over(self, task: Task) -> bool:
        if not task.tags:  # the common case, without a look into the store
            return False
        tags = self.router.policy_of(task).policy.incident.tags
        return self.bot_tags.alerts_over(task, tags)

    @member
    def bot_tags(self) -> BotTags:
        """Tells which tags the bot set."""
        core = self.core
        people = People(core.store, {"tag": tag.EFFECT}, self._me, core.now_ms)
        return BotTags(core.store, people)

    def _me(self) -> int | None:
        """The bot's user; None for a command without a token."""
        core = self.core
        has_token = bool(core.settings.clickup.token.get_secret_value())
        return core.user_id if has_token and core.identity.is_known() else None

    @member
    def reader(self) -> TaskReader:
        """Reads tasks at the lowest price in calls."""
        store = self.core.store
        return Reader(
            self.core.client.tasks,
            store.mirror,
            store.waiting,
            workspace=self.core.workspace_id,
            clock=self.core.now_ms,
            longest_wait_ms=to_ms(self.core.settings.clickup.batch_window),
            is_scarce=self.core.governor.is_scarce,
        )

    def named_people(self) -> Iterable[tuple[str, str]]:
        """Who is on call, who takes turns in rotations, and whom automations name."""
        people = self.core.settings.people
        yield from (("people.on_call", name) for name in people.on_call)
        for rotation, table in people.rotations.items():
            yield from ((f"people.rotations.{rotation}", name) for name in table.people)
        for automation in self.in_spaces:
            if not automation.is_off:
                yield from _named_people(automation)

    @member
    def directory(self) -> Names:
        """People, groups and Lists by name."""
        core = self.core
        return Directory(
            core.client,
            core.store.cursors,
            core.settings.people,
            workspace=core.workspace_id,
            clock=core.now_ms,
            roster=core.extensions.roster,
        )


def _named_people(automation: Automation) -> Iterator[tuple[str, str]]:
    """Those whom it leaves out if nobody has that name, without what depends on a task."""
    for step in (*automation.do, *automation.then):
        for name in map(str.strip, step.action.named(step.options)):
            # Nobody need be on call; whom the settings name for that is checked there.
            if name and name != ON_CALL and "${" not in name:
                yield f"{automation.name}: {step.name}", name
