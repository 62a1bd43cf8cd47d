"""What the packages of features bring to the pipeline, which imports no feature."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from clickup_mlops.automations.choices import AutomationChoice
from clickup_mlops.automations.model import Example
from clickup_mlops.automations.perform import as_the_bot
from clickup_mlops.bot.members import Members, member
from clickup_mlops.bot.ports import (
    AS_CONFIGURED,
    CommentAnswerer,
    EventConsumers,
    ReadView,
    Roster,
    Undoing,
)
from clickup_mlops.errors import ConfigError
from clickup_mlops.routing.corroboration import Witnesses
from clickup_mlops.routing.own_words import Authors
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store

if TYPE_CHECKING:
    from clickup_mlops.bot.package import Package
    from clickup_mlops.bot.receive.ingest import DeliverySource

T = TypeVar("T")
MODEL_FIELD: Final = "Model"
"""Unless a feature configures another one."""


class Extensions(Members):
    """Empty until the bot has built the packages: members ask for it, constructors do not."""

    def __init__(self, building: threading.RLock) -> None:
        super().__init__(building)
        self.packages: tuple[Package, ...] = ()

    def service(self, kind: type[T]) -> T:
        """The object of this type that a feature brings.

        Raises:
            LookupError: no feature of this installation brings one.
        """
        for package in self.packages:
            if build := package.services().get(kind):
                service = build()
                if isinstance(service, kind):
                    return service
        raise LookupError(f"no feature brings a {kind.__name__}")

    def watched_sources(self) -> dict[str, timedelta]:
        """How long each source may be silent; those that are not in it may be silent for ever."""
        return {
            name: limit
            for package in self.packages
            for name, limit in package.watched_sources().items()
        }

    def model_field(self) -> str:
        """The custom field in which tasks name their model."""
        fields = (package.model_field() for package in self.packages)
        return next(filter(None, fields), MODEL_FIELD)

    def delivery_sources(self) -> Mapping[str, "DeliverySource"]:
        """Who delivers to `/hooks/in/<name>`, by name.

        Raises:
            ConfigError: two features have the same name.
        """
        sources: dict[str, DeliverySource] = {}
        for package in self.packages:
            for name, source in package.delivery_sources().items():
                if name in sources:
                    raise ConfigError(
                        f"two sources deliver to /hooks/in/{name}",
                        hint=f"Give [integrations.{name}] another name.",
                    )
                sources[name] = source
        return sources

    def reporting_sources(self) -> frozenset[str]:
        """All names by which systems report, and features of the bot itself."""
        own = (name for package in self.packages for name in package.own_sources())
        return frozenset((*self.delivery_sources(), *own))

    def fills_fields(self) -> bool:
        """Whether custom fields of tasks are filled with numbers."""
        return any(package.fills_fields() for package in self.packages)

    @member
    def shared_url(self) -> str:
        """Where people elsewhere reach pages of the bot, without a slash at its end; or empty."""
        return next(filter(None, (package.shared_url() for package in self.packages)), "")

    def views(self) -> Mapping[type[object], ReadView]:
        """How to read what features show of a task, by the type of the view."""
        return {kind: read for package in self.packages for kind, read in package.views().items()}

    def authors(self) -> tuple[Authors, ...]:
        """Who knows which words of a task report an incident no more."""
        return tuple(authors for package in self.packages for authors in package.authors())

    def witnesses(self) -> tuple[Witnesses, ...]:
        """Who knows what supports the report of an incident."""
        return tuple(witness for package in self.packages for witness in package.witnesses())

    def has_incident(self, task_id: str) -> bool:
        """Whether the task is part of a live incident."""
        return any(package.has_incident(task_id) for package in self.packages)

    @member
    def event_consumers(self) -> EventConsumers:
        """Who is told what the pipeline reads and decides."""
        return EventConsumers(
            consumer for package in self.packages for consumer in package.event_consumers()
        )

    def comment_answerers(self) -> tuple[CommentAnswerer, ...]:
        """Who answers people's comments."""
        return tuple(
            answerer for package in self.packages for answerer in package.comment_answerers()
        )

    def past_examples(self, store: Store, router: Router) -> tuple[Example, ...]:
        """Situations of the past that `store` has, for `automations lint`."""
        return tuple(
            example for package in self.packages for example in package.past_examples(store, router)
        )

    def weekly_notes(self, now_ms: int) -> str:
        """The weekly report's parts in Markdown; empty: there is nothing to report."""
        notes = (write(now_ms) for package in self.packages for write in package.weekly_notes())
        return "\n\n".join(note for note in notes if note)

    def automation_choices(self) -> Mapping[str, AutomationChoice]:
        """What people chose about automations while the bot runs, by name."""
        return {
            name: choice
            for package in self.packages
            for name, choice in package.automation_choices().items()
        }

    def list_modes(self) -> Callable[[str], bool | None]:
        """What knows of a task whether its List is in shadow mode; None: it is as the bot is."""
        return next(filter(None, (package.list_modes() for package in self.packages)), as_the_bot)

    def roster(self) -> Roster:
        """Who is on call, if that is not as `[people]` says."""
        rosters = (package.roster() for package in self.packages)
        return next(filter(None, rosters), AS_CONFIGURED)

    def undo(self) -> Undoing:
        """What `/undo` does."""
        return next(filter(None, (package.undoes() for package in self.packages)), _nothing_to_undo)


def _nothing_to_undo(*_: object) -> str:
    return "Nothing can be undone: the feature `undo` is not installed."
