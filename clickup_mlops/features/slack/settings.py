"""`[slack]`: what is written in threads of Slack."""

from datetime import timedelta
from typing import Final

from pydantic import SecretStr

from clickup_mlops.config import FileSettings, Table

KIND: Final = "slack"
"""The name of its address, its events and its rows."""
LANE: Final = f"{KIND}:"
"""Each thread has a lane, which begins like this; its channel and first message follow."""


class SlackSettings(Table):
    """Replies to the bot's messages in Slack (targets with a `token`): they come to the task, and
    commands in them are executed for people whose e-mail address is that of a ClickUp member.
    """

    signing_secret: SecretStr = SecretStr("")
    """The signing secret of the Slack app, whose request URL for events is `/hooks/in/slack`.
    Empty: replies are not read. The app subscribes to `message.channels`, for private channels to
    `message.groups` (with the scope `groups:history`)."""
    tolerance: timedelta = timedelta(minutes=5)
    """Oldest age of a signed request."""
    remember_people: timedelta = timedelta(minutes=10)
    """How long it is remembered who somebody is. Each question costs one call of Slack's API."""


class SlackTables(FileSettings):
    """What replies add to the configuration."""

    slack: SlackSettings = SlackSettings()
    """Replies in threads of Slack."""


SETTINGS: Final = SlackTables
