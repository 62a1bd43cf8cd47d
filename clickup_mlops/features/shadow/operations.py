"""What the commands and the dashboard do about shadow mode."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from clickup_mlops.automations.model import Unanswered
from clickup_mlops.errors import InputError
from clickup_mlops.features.shadow import agreement, live
from clickup_mlops.features.shadow.agreement import Agreement
from clickup_mlops.features.shadow.package import ShadowPackage
from clickup_mlops.features.shadow.settings import LANE, ShadowSettings
from clickup_mlops.features.shadow.tables.answers import Answers, Via
from clickup_mlops.features.shadow.tables.list_modes import ListMode, ListModes
from clickup_mlops.features.shadow.tables.proposals import Proposal, Proposals
from clickup_mlops.store import DONE, PARKED, Store

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

_SET: Final = 'Set lists = ["..."] in [shadow], or pick Lists on the page Start of the dashboard.'
_WHICH: Final = "`clickup-mlops init --guided` shows those that the token sees."
_NOWHERE: Final = 'Set channel = "..." in [shadow].'
_TRIES: Final = 30
POLL_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class ListState:
    """A List: whether the bot writes there, what it would do, and how many people agree."""

    list_id: str
    name: str
    is_live: bool
    open_proposals: int
    agreement: Agreement
    is_ready: bool
    """So many agree that it may go live."""


def refresh(bot: "Bot") -> list[Proposal]:
    """What the bot would do now, the most important first. Reads the Lists; writes nothing there.

    Raises:
        InputError: no List is configured, or there is no such List.
    """
    package = bot.get(ShadowPackage)
    try:
        if not package.lists():
            raise InputError("no List is configured for proposals", hint=_SET)
        return package.sender.refresh()
    except Unanswered as problem:
        raise InputError(f"shadow.lists: {problem}", hint=problem.hint) from problem


def post(bot: "Bot") -> str:
    """Write the day's proposal where `[shadow]` says, now; where that is.

    Raises:
        InputError: nowhere is configured, or it could not be written; says why.
    """
    package, settings = bot.get(ShadowPackage), bot.get(ShadowPackage).settings
    if not settings.channel and not settings.doc:
        raise InputError("there is no channel or Doc for the proposal", hint=_NOWHERE)
    key = package.sender.request(f"post-{bot.now_ms()}")
    for _ in range(_TRIES):
        bot.lanes.worker.run(LANE)
        row = bot.inbox.by_key(key)
        if row is None or row.state == DONE:
            return f"#{settings.channel.lstrip('#')}" if settings.channel else settings.doc
        if row.state == PARKED:
            raise InputError(f"the proposal could not be written: {row.error}")
        bot.core.sleep(POLL_S)
    raise InputError("the proposal is not written yet", hint="The running bot goes on.")


def answer(bot: "Bot", task_id: str, *, agrees: bool, user_name: str, via: Via) -> Proposal:
    """Keep what somebody says about the proposal for this task.

    Raises:
        InputError: nothing is proposed for it.
    """
    proposal = bot.store.table(Proposals).get(task_id)
    if proposal is None or not proposal.is_open:
        raise InputError(f"nothing is proposed for task {task_id}", hint="See `shadow show`.")
    bot.get(ShadowPackage).answering.answer(
        proposal, agrees=agrees, user_name=user_name, via=via, at_ms=bot.now_ms()
    )
    return proposal


def states(bot: "Bot") -> list[ListState]:
    """The configured Lists, and those that have a mode of their own. Costs no call, if the names of
    Lists are known.
    """
    package = bot.get(ShadowPackage)
    return list_states(bot.store, package.lists(), package.settings, bot.settings.automations.mode)


def list_states(
    store: Store, list_ids: Iterable[str], settings: ShadowSettings, mode: str
) -> list[ListState]:
    """These Lists, and those of the store that have a mode of their own; `mode` is the bot's."""
    modes = store.table(ListModes).all()
    shares = agreement.by_list(store.table(Answers).since(0))
    proposals = store.table(Proposals).all_open()
    names = {proposal.list_id: proposal.list_name for proposal in proposals}
    return [
        ListState(
            list_id,
            names.get(list_id) or _name(store, list_id),
            modes.get(list_id, mode) == "on",
            sum(proposal.list_id == list_id for proposal in proposals),
            share := shares.get(list_id, Agreement(0, 0)),
            share.is_enough(settings.enough, settings.fewest),
        )
        for list_id in dict.fromkeys([*list_ids, *modes])
    ]


def _name(store: Store, list_id: str) -> str:
    rows = store.mirror.all_open(list_id)
    list_name = (rows[0].raw.get("list") or {}).get("name") if rows else None
    return str(list_name or list_id)


def switch(bot: "Bot", name: str, mode: ListMode, *, actor: str) -> list[live.Switched]:
    """Have the bot write in a List (by name or id; of a Folder or Space: in its Lists), or not.

    Raises:
        InputError: there is no such List, or it is so already.
    """
    try:
        list_ids = bot.context.directory.list_ids(name)
    except Unanswered as problem:
        raise InputError(str(problem), hint=problem.hint or _WHICH) from problem
    return [live.switch(bot, list_id, mode, actor=actor) for list_id in list_ids]


def follow(bot: "Bot", list_id: str, *, actor: str) -> list[Proposal]:
    """Show what the bot would do in a List, in shadow mode, from now on; what that is now.

    Raises:
        InputError: it is shown already.
    """
    live.follow(bot, list_id, actor=actor)
    return [proposal for proposal in refresh(bot) if proposal.list_id == list_id]


def leave_out(bot: "Bot", list_id: str, *, actor: str) -> None:
    """Show it no more.

    Raises:
        InputError: it is live, or not picked by `follow`.
    """
    live.leave_out(bot, list_id, actor=actor)
