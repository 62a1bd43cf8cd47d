"""Which member of the ClickUp Workspace somebody in Slack is.

Wire: docs.slack.dev/reference/methods/users.info (scopes `users:read` and `users:read.email`) and
reference/objects/user-object.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops import logs
from clickup_mlops.automations.model import Unanswered
from clickup_mlops.automations.names import Names
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.errors import InputError, RetryableApiError
from clickup_mlops.features.outbound.post import SlackRefusal
from clickup_mlops.features.outbound.settings import OutboundSettings
from clickup_mlops.features.outbound.slack_app import SlackApi
from clickup_mlops.features.slack.settings import SlackSettings

_UNKNOWN: Final = ("user_not_found", "user_not_visible")
"""Errors that are about the person; all others are about the bot."""
_log = logs.get()


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote in Slack. `member_id` None: no member of the ClickUp Workspace, as far as can be
    trusted.
    """

    name: str
    member_id: int | None = None
    member_name: str = ""


class SlackPeople:
    """Remembers who somebody is for minutes, and no longer: people leave."""

    def __init__(
        self,
        api: SlackApi,
        targets: OutboundSettings,
        settings: SlackSettings,
        names: Callable[[], Names],
        clock: Clock,
    ) -> None:
        self._api, self._targets, self._names, self._clock = api, targets, names, clock
        self._remember_ms = to_ms(settings.remember_people)
        self._remembered: dict[tuple[str, str, str], tuple[int, Author]] = {}

    def find(self, target: str, team: str, user: str) -> Author:
        """Who that is. `team`: the Slack workspace that the bot is installed in.

        Raises:
            RetryableApiError: Slack does not answer now.
            InputError: it refuses to say it, until somebody changes that.
        """
        until_ms, author = self._remembered.get((target, team, user), (0, Author(user)))
        now = self._clock()
        if until_ms <= now:
            author = self._ask(target, team, user)
            self._remembered[target, team, user] = now + self._remember_ms, author
        return author

    def _ask(self, target: str, team: str, user: str) -> Author:
        settings = self._targets.targets.get(target)
        if settings is None or not settings.has_token:
            return Author(user)  # it was removed from the configuration
        try:
            profile = self._api.call(settings, "users.info", {"user": user}).get("user") or {}
        except SlackRefusal as refusal:
            if refusal.error not in _UNKNOWN:
                kind = InputError if refusal.is_final else RetryableApiError
                raise kind(f"Slack: {refusal}") from None
            _log.warning("slack_person_unknown", user=user, problem=str(refusal))
            return Author(user)
        except OSError as problem:
            raise RetryableApiError(f"Slack: {type(problem).__name__}") from None
        return self._author(user, profile, email=_trusted_email(profile, team))

    def _author(self, user: str, profile: Mapping[str, Any], *, email: str) -> Author:
        details = profile.get("profile") or {}
        names = (details.get("display_name"), profile.get("real_name"), profile.get("name"), user)
        name = " ".join(str(next(filter(None, names))).split())
        if "@" not in email:
            return Author(name)
        try:
            members = self._names().people(email)
        except Unanswered:
            return Author(name)
        # The name of a group or a rotation may look like an address.
        matches = [member for member in members if member.email.casefold() == email.casefold()]
        return (
            Author(name, matches[0].id, matches[0].username) if len(matches) == 1 else Author(name)
        )


def _trusted_email(user: Mapping[str, Any], team: str) -> str:
    """Of people of other organisations (Slack Connect) nothing: who runs a Slack workspace can give
    any address to its users. The same for bots, for who has left, and for who never confirmed it.
    """
    is_foreign = bool(user.get("is_stranger")) or not team or user.get("team_id") != team
    is_gone = bool(user.get("deleted")) or bool(user.get("is_bot"))
    if is_foreign or is_gone or user.get("is_email_confirmed", True) is not True:
        return ""
    return str((user.get("profile") or {}).get("email") or "").strip()
