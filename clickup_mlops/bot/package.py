"""A package of the bot: typed members, and the jobs, kinds of lanes and timers that it adds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from clickup_mlops.automations.choices import AutomationChoice
from clickup_mlops.automations.model import Automation, Example
from clickup_mlops.bot.members import Members
from clickup_mlops.bot.ports import CommentAnswerer, EventConsumer, ReadView, Roster, Undoing
from clickup_mlops.bot.registered import Job, LaneKind, Timer
from clickup_mlops.routing.corroboration import Witnesses
from clickup_mlops.routing.own_words import Authors
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core
    from clickup_mlops.bot.ports import Undoing
    from clickup_mlops.bot.receive.ingest import DeliverySource
    from clickup_mlops.series.history import History


class Package(Members):
    """What one folder adds to the bot. A new one overrides what it needs of these methods."""

    is_simulated: ClassVar[bool] = True
    """Whether a simulation, which makes no API calls, has it too."""

    def __init__(self, core: "Core") -> None:
        super().__init__(core.building)
        self.core = core

    @property
    def is_used(self) -> bool:
        """Whether the settings ask for it. Else its members wait until they are asked for, and what
        they need is not imported.
        """
        return True

    def build_all(self) -> None:
        """As `Members.build_all`, unless the settings do not ask for it."""
        if self.is_used:
            super().build_all()

    def jobs(self) -> Iterable[Job]:
        """What is done every so often. Builds no member: commands that need no token ask, too."""
        return ()

    def lane_kinds(self) -> Iterable[LaneKind]:
        """Lanes and who handles their rows. Asked before the first lane runs."""
        return ()

    def timers(self) -> Iterable[Timer]:
        """What the scheduler's thread calls. Asked before it starts."""
        return ()

    def event_consumers(self) -> Iterable[EventConsumer]:
        """Who is told what the pipeline reads and decides. Asked before the first lane runs."""
        return ()

    def comment_answerers(self) -> Iterable[CommentAnswerer]:
        """Who answers people's comments. Asked before the first lane runs."""
        return ()

    def past_examples(self, store: Store, router: Router) -> Iterable[Example]:
        """Situations of the past that `store` has, for `automations lint`."""
        return ()

    def weekly_notes(self) -> Iterable[Callable[[int], str]]:
        """Parts of the weekly report: Markdown about the week before a time (Unix ms), or empty."""
        return ()

    def services(self) -> Mapping[type[object], Callable[[], object]]:
        """What effects and other packages use of this one, by type. Each is built when it is first
        asked for.
        """
        return {}

    def watched_sources(self) -> Mapping[str, timedelta]:
        """How long each source of this package may be silent, by `<kind>:<name>`."""
        return {}

    def expected_sources(self) -> Mapping[str, timedelta | None]:
        """How often each source of this package should send something, by `<kind>:<name>`; None:
        that is not known.
        """
        return {}

    def page_history(self, stored: "History") -> "History":
        """What charts of one page are drawn from: `stored`, or something that knows more."""
        return stored

    def model_field(self) -> str:
        """The custom field in which tasks name their model; empty: this package sets none."""
        return ""

    def delivery_sources(self) -> "Mapping[str, DeliverySource]":
        """Who delivers to `/hooks/in/<name>`, by name."""
        return {}

    def own_sources(self) -> Iterable[str]:
        """Names by which the package itself reports, as `integration:<name>.<type>`."""
        return ()

    def shared_url(self) -> str:
        """Where people elsewhere reach pages of this package; empty: it has none."""
        return ""

    def views(self) -> Mapping[type[object], ReadView]:
        """What conditions and texts may read of a task, by the type of the view: see
        `automations.conditions.lookups.Lookups.view`.
        """
        return {}

    def authors(self) -> Iterable[Authors]:
        """Who knows which words of a task report an incident no more. Asked before `authorship`;
        builds no member that needs a token.
        """
        return ()

    def witnesses(self) -> Iterable[Witnesses]:
        """Who knows what supports the report of an incident. Builds no member with a token."""
        return ()

    def has_incident(self, _task_id: str) -> bool:
        """Whether the task is part of a live incident, as far as this package knows."""
        return False

    def automation_choices(self) -> Mapping[str, AutomationChoice]:
        """What people chose about automations while the bot runs, by name. From the store."""
        return {}

    def list_modes(self) -> Callable[[str], bool | None] | None:
        """What knows, by a task's id, whether nothing is to be written on it, whatever
        `automations.mode` says; None for a task: as that says. Called before each write.
        """
        return None

    def undoes(self) -> Undoing | None:
        """What `/undo` does; None: this package undoes nothing."""
        return None

    def roster(self) -> Roster | None:
        """Who is on call, if that is not as `[people]` says; None: this package knows nothing."""
        return None

    def named_people(self) -> Iterable[tuple[str, str]]:
        """People whom settings of this package name: the key, and the name or e-mail."""
        return ()

    def fills_fields(self) -> bool:
        """Whether it fills custom fields of tasks with numbers."""
        return False

    def check(self) -> None:
        """Find what would keep it from starting, without a call, a database or a thread.

        Raises:
            ConfigError: a setting is missing or wrong; names the key.
        """

    def check_automations(self, automations: Iterable[Automation]) -> None:
        """Find automations that cannot work with the settings.

        Raises:
            ContentError: names the automation's file and key.
        """

    def prune(self) -> None:
        """Delete what is older than it is kept. Called once a day."""

    def start(self) -> None:
        """Begin, when everything is built. Called again if the store went away meanwhile."""

    def catch_up(self) -> None:
        """Have done what was due while the store was away. What was done stays as it is."""

    def stop(self) -> None:
        """Finish what is being done. Takes seconds, whatever hangs."""
