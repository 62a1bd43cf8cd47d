"""What sends the webhooks of automations."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from clickup_mlops import logs
from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import LaneKind
from clickup_mlops.features.outbound import outbound
from clickup_mlops.features.outbound.outbound import Outbound
from clickup_mlops.features.outbound.settings import OutboundSettings

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.outbound.slack_app import SlackApp


class OutboundPackage(Package):
    """Webhooks: `sender` keeps them in the inbox, and their lanes deliver them."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    @member
    def sender(self) -> Outbound:
        """With the real network; its secrets are kept out of the logs."""
        from clickup_mlops.features.outbound.post import post

        settings = self.core.settings.table(OutboundSettings)
        targets = settings.targets.values()
        secrets = [settings.secret]
        for target in targets:
            secrets += (target.secret, target.url, target.token)
        logs.redactor.hide([*filter(None, (secret.get_secret_value() for secret in secrets))])
        return Outbound(
            self.core.inbox_writer,
            settings,
            clock=self.core.now_ms,
            post=post,
            slack=self._build_slack,
        )

    def _build_slack(self) -> "SlackApp":
        # No member: most bots need none of its modules.
        from clickup_mlops.features.outbound.post import post
        from clickup_mlops.features.outbound.slack_app import SlackApi, SlackApp
        from clickup_mlops.features.outbound.slack_threads import SlackThreads

        core, settings = self.core, self.core.settings.table(OutboundSettings)
        threads = SlackThreads(core.store.notes, core.now_ms)
        return SlackApp(settings, SlackApi(settings, post), threads, core.now_ms)

    def services(self) -> Mapping[type[object], Callable[[], object]]:
        """What the effect keeps messages in."""
        return {Outbound: lambda: self.sender}

    def check_automations(self, automations: Iterable[Automation]) -> None:
        """Each webhook has a target, and something to sign with."""
        outbound.check(automations, self.core.settings.table(OutboundSettings))

    def lane_kinds(self) -> Iterable[LaneKind]:
        """A lane for each target."""
        yield LaneKind(outbound.LANE, self.sender.deliver, one_by_one=True)


PACKAGE: Final = OutboundPackage
