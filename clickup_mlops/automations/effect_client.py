"""What an effect is given to write with: ClickUp's resources, and what the bot keeps itself.

The resources are the real client's types, so that mypy compares every call of an effect with the
client. Only the types: no automation imports the client at run time. In a running bot it is
`bot.write.mirrored_client.MirroredClickUp`.
"""

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from clickup_mlops.clickup.client.resources.attachments import Attachments
    from clickup_mlops.clickup.client.resources.chat import Chat
    from clickup_mlops.clickup.client.resources.checklists import Checklists
    from clickup_mlops.clickup.client.resources.comments import Comments
    from clickup_mlops.clickup.client.resources.docs import Docs
    from clickup_mlops.clickup.client.resources.fields import Fields
    from clickup_mlops.clickup.client.resources.lists import Lists
    from clickup_mlops.clickup.client.resources.relations import Relations
    from clickup_mlops.clickup.client.resources.tags import Tags
    from clickup_mlops.clickup.client.resources.tasks import Tasks
    from clickup_mlops.store.tables.mutes import Mutes
    from clickup_mlops.store.tables.overrides import Overrides

T = TypeVar("T")


class FindService(Protocol):
    """Finds what a feature keeps itself."""

    def __call__(self, kind: type[T], /) -> T:
        """The object of this type. Raises LookupError: no feature brings one."""


class EffectClient(Protocol):
    """One Workspace of ClickUp, as effects see it."""

    @property
    def workspace_id(self) -> str:
        """The Workspace."""

    @property
    def tasks(self) -> "Tasks":
        """Calls about tasks; what ClickUp answers is mirrored."""

    @property
    def lists(self) -> "Lists":
        """Calls about Lists."""

    @property
    def fields(self) -> "Fields":
        """Calls about custom fields."""

    @property
    def tags(self) -> "Tags":
        """Calls about tags."""

    @property
    def comments(self) -> "Comments":
        """Calls about comments."""

    @property
    def relations(self) -> "Relations":
        """Calls about links and dependencies."""

    @property
    def checklists(self) -> "Checklists":
        """Calls about checklists."""

    @property
    def docs(self) -> "Docs":
        """Calls about docs."""

    @property
    def chat(self) -> "Chat":
        """Calls about chat."""

    @property
    def attachments(self) -> "Attachments":
        """Calls about files."""

    @property
    def overrides(self) -> "Overrides":
        """Priorities that routing leaves alone; in the bot's own store."""

    @property
    def mutes(self) -> "Mutes":
        """Automations that leave tasks alone; in the bot's own store."""

    def service(self, kind: type[T], /) -> T:
        """What the feature that the effect belongs to keeps itself, by its type.

        Raises:
            LookupError: no feature of this installation brings one.
        """
