"""What replies in Slack bring to the bot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from clickup_mlops import logs
from clickup_mlops.automations.effects.reply import OutsideReplies
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.receive.ingest import DeliverySource
from clickup_mlops.bot.registered import LaneKind
from clickup_mlops.features.slack.settings import KIND, LANE, SlackSettings
from clickup_mlops.store import InboxRow

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.outbound.slack_threads import SlackThreads
    from clickup_mlops.features.slack.deliveries import SlackDeliveries
    from clickup_mlops.features.slack.replies import SlackReplies


class SlackPackage(Package):
    """Takes what Slack delivers, and answers in its threads."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._context = packages.context

    @property
    def is_used(self) -> bool:
        """Whether Slack's deliveries can be verified."""
        return bool(self._settings.signing_secret.get_secret_value())

    @property
    def _settings(self) -> SlackSettings:
        return self.core.settings.table(SlackSettings)

    @member
    def replies(self) -> "SlackReplies":
        """Puts replies into the lanes of tasks."""
        from clickup_mlops.features.outbound.outbound import Outbound
        from clickup_mlops.features.outbound.settings import OutboundSettings
        from clickup_mlops.features.slack.people import SlackPeople
        from clickup_mlops.features.slack.replies import SlackReplies

        core, slack = self.core, self.core.extensions.service(Outbound).slack
        people = SlackPeople(
            slack.api,
            core.settings.table(OutboundSettings),
            self._settings,
            lambda: self._context.directory,
            core.now_ms,
        )
        return SlackReplies(slack.threads, people, core.inbox_writer, core.now_ms)

    @member
    def deliveries(self) -> "SlackDeliveries":
        """Verifies and reads what comes; its secret is kept out of the logs."""
        from clickup_mlops.features.slack.deliveries import SlackDeliveries

        logs.redactor.hide([self._settings.signing_secret.get_secret_value()])
        core = self.core
        return SlackDeliveries(self._settings, lambda: core.inbox_writer, self._find_threads)

    def _find_threads(self) -> "SlackThreads":
        from clickup_mlops.features.outbound.outbound import Outbound

        return self.core.extensions.service(Outbound).slack.threads

    def delivery_sources(self) -> Mapping[str, DeliverySource]:
        """Slack, if its secret is configured."""
        return {KIND: self.deliveries} if self.is_used else {}

    def own_sources(self) -> Iterable[str]:
        """Replies are `integration:slack.message`."""
        yield KIND

    def services(self) -> Mapping[type[object], Callable[[], object]]:
        """Where commands in Slack are answered."""
        return {OutsideReplies: self._build_answers}

    def _build_answers(self) -> OutsideReplies:
        from clickup_mlops.features.outbound.outbound import Outbound
        from clickup_mlops.features.slack.replies import SlackAnswers

        return SlackAnswers(self.core.extensions.service(Outbound))

    def lane_kinds(self) -> Iterable[LaneKind]:
        """A lane for each thread."""
        yield LaneKind(LANE, self._handle)

    def _handle(self, rows: Sequence[InboxRow]) -> None:
        self.replies.handle(rows)


PACKAGE: Final = SlackPackage
