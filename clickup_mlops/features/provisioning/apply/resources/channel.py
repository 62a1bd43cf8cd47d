"""Chat channels. Asking for one that is there gives that one."""

from clickup_mlops.features.provisioning.apply.created_objects import Left, listed, renamed
from clickup_mlops.features.provisioning.apply.resources import Impossible
from clickup_mlops.features.provisioning.apply.session import Session, id_of
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Path


class Channels:
    """The calls for channels."""

    def create(self, session: Session, step: Step) -> str:
        """By name; repeatable."""
        private = bool(step.want.attributes.get("private"))
        name = step.path[-1][1]
        return session.clickup.chat.create_channel(session.workspace, name, private=private).id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """`create` set everything."""

    def find(self, session: Session, path: Path) -> str | None:
        """By name in the workspace."""
        channels = session.clickup.chat.channels(session.workspace)
        return id_of(channels, path)

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Nothing of a channel is compared but its name."""
        raise Impossible("a channel's settings can only be changed in ClickUp")

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """With its messages: undo checks them first."""
        session.clickup.chat.delete_channel(session.workspace, object_id)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Messages, and another name, topic or description."""
        channel = session.clickup.chat.channel(session.workspace, object_id)
        messages = session.clickup.chat.messages(session.workspace, object_id)
        talk = "messages in it" if next(iter(messages), None) else ""
        texts = [f"a {name}" for name in ("topic", "description") if channel.raw.get(name)]
        return listed(talk, renamed(path, channel.name), *texts)


RESOURCE = Channels()
