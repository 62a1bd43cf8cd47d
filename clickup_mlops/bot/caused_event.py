"""An event together with what caused it."""

from dataclasses import dataclass

from clickup_mlops.bot.internal_events import automation_of
from clickup_mlops.clickup.model import Event
from clickup_mlops.store.journal_rows import Chain


@dataclass(frozen=True, slots=True)
class CausedEvent:
    """An event to evaluate. `chain`: the automations whose writes led to it; empty if it is no echo
    of the bot. `only`: the automation that it is for; empty: all that listen. `is_internal`: the
    bot put it into the inbox itself, so that it is neither a change nor an echo.
    """

    event: Event
    chain: Chain = ()
    only: str = ""
    is_internal: bool = False

    @classmethod
    def internal(cls, event: Event) -> "CausedEvent":
        """An event that the bot wrote itself; one that was held back keeps its chain."""
        chain = tuple((cause, automation) for cause, automation in event.raw.get("chain") or ())
        return cls(event, chain, automation_of(event), is_internal=True)
