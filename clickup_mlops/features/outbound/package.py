"""What sends the webhooks of automations."""

from collections.abc import Iterable

from clickup_mlops import logs
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import LaneKind
from clickup_mlops.features.outbound import outbound
from clickup_mlops.features.outbound.outbound import Outbound


class OutboundPackage(Package):
    """Webhooks: `sender` keeps them in the inbox, and their lanes deliver them."""

    @member
    def sender(self) -> Outbound:
        """With the real network; its secrets are kept out of the logs."""
        from clickup_mlops.features.outbound.post import post

        settings = self.core.settings.outbound
        secrets = [settings.secret, *(target.secret for target in settings.targets.values())]
        logs.redactor.hide([each.get_secret_value() for each in secrets if each.get_secret_value()])
        return Outbound(self.core.inbox_writer, settings, clock=self.core.now_ms, post=post)

    def lane_kinds(self) -> Iterable[LaneKind]:
        """A lane for each target."""
        yield LaneKind(outbound.LANE, self.sender.deliver, one_by_one=True)
