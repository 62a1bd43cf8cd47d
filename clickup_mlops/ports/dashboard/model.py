"""Who looks at the dashboard, and what a button does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from clickup_mlops.store.access import Access

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

Role = Literal["viewer", "operator"]
"""An operator may also undo, replay, and switch Lists live."""
_MEMBER_MAY: Final = frozenset({"answer"})
_OPERATOR_MAY: Final = _MEMBER_MAY | {"undo", "replay", "live", "embed", "automations"}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is signed in, or a page that is embedded (`is_embedded`: it may only look).

    `grant` is the id of the session or of the link, `access` what the viewer sees; of an embedded
    page what its creator sees.
    """

    user_id: str
    name: str
    role: Role
    grant: str
    access: Access
    is_embedded: bool = False

    @property
    def actor(self) -> str:
        """The name for the audit; with the user id in ClickUp, if that is known: names change."""
        return f"{self.name} ({self.user_id})" if self.user_id else self.name

    @property
    def may(self) -> frozenset[str]:
        """Names of the actions that this viewer may do."""
        if self.is_embedded:
            return frozenset()
        return _OPERATOR_MAY if self.role == "operator" else _MEMBER_MAY


@dataclass(frozen=True, slots=True)
class ActionType:
    """`run(bot, viewer, fields)` does it and says what it did.

    Raises ClickUpMlopsError with what keeps it from doing so. `needs` is what a viewer must be
    allowed to do.
    """

    run: Callable[["Bot", Viewer, Mapping[str, str]], str]
    needs: str
