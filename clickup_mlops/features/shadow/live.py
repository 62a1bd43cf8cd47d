"""Lists go live one by one: an audited change that can be undone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from clickup_mlops.automations.model import Change
from clickup_mlops.automations.perform import write_change
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.write.mirrored_client import LaneJournal
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import InputError
from clickup_mlops.features.shadow.package import ShadowPackage
from clickup_mlops.features.shadow.tables.answers import Answer, Answers
from clickup_mlops.features.shadow.tables.list_modes import ListMode
from clickup_mlops.features.shadow.tables.proposals import Proposals
from clickup_mlops.store.tables.overrides import CHANGE

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.store import Store

AUTHOR: Final = "live"


@dataclass(frozen=True, slots=True)
class Switched:
    """A List whose mode was changed. `agreed`: tasks whose proposal people agreed with, which get
    their priority now; `held`: tasks whose priority stays for a while.
    """

    list_id: str
    mode: ListMode
    agreed: int = 0
    held: int = 0


def switch(bot: "Bot", list_id: str, mode: ListMode, *, actor: str) -> Switched:
    """Have the bot write in the List, or not; in the audit with who asked for it.

    Raises:
        InputError: it is so already.
    """
    before = bot.get(ShadowPackage).live_lists.modes().get(list_id)
    if before == mode or (before is None and bot.settings.automations.mode == mode):
        raise InputError(
            f"List {list_id} is {'live' if mode == 'on' else 'in shadow mode'} already"
        )
    if mode == "on":  # what people replied since the last look counts
        bot.get(ShadowPackage).sender.read_replies()
    # First: events that are handled from the switch on find them, also after a crash right then.
    switched = _hold(bot, list_id) if mode == "on" else Switched(list_id, mode)
    _write(bot, list_id, before, mode, actor=actor)
    if mode == "on":
        bot.store.table(Proposals).replace([list_id], ())
        _evaluate_again(bot, _open_tasks(bot.store, list_id))
    return switched


def follow(bot: "Bot", list_id: str, *, actor: str) -> None:
    """Show what the bot would do in the List, in shadow mode; in the audit with who asked for it.

    Raises:
        InputError: it is shown already, or the bot writes there.
    """
    if list_id in bot.get(ShadowPackage).lists():
        raise InputError(f"List {list_id} is followed already")
    if bot.settings.automations.mode == "on":
        raise InputError(
            f"the bot writes in List {list_id} already", hint="Put it into shadow mode instead."
        )
    _write(bot, list_id, None, "shadow", actor=actor)


def leave_out(bot: "Bot", list_id: str, *, actor: str) -> None:
    """Undo `follow`: the List is as the bot is.

    Raises:
        InputError: it was not picked, or the bot would write there then.
    """
    mode = bot.get(ShadowPackage).live_lists.modes().get(list_id)
    if mode != "shadow" or bot.settings.automations.mode == "on":
        raise InputError(f"List {list_id} cannot be left out", hint="Is it live, or in [shadow]?")
    _write(bot, list_id, mode, None, actor=actor)
    bot.store.table(Proposals).replace([list_id], ())


def _write(
    bot: "Bot", list_id: str, before: ListMode | None, mode: ListMode | None, *, actor: str
) -> None:
    change = Change(f"list_mode:{list_id}", before, mode, f"List {list_id}: {mode}", {})
    context = bot.execution.executor_context
    context = replace(context, journal=LaneJournal(bot.store.journal, wait=True))
    cause = f"{AUTHOR}:{list_id}:{bot.now_ms()}"
    write_change(change, "", context, cause=cause, automation=AUTHOR, actor=actor)
    bot.store.flush()


def _open_tasks(store: "Store", list_id: str) -> list[Task]:
    return [Task.parse(row.raw) for row in store.mirror.all_open(list_id)]


def _hold(bot: "Bot", list_id: str) -> Switched:
    """What people agreed with is done; other priorities that were there are held from now on."""
    store, now = bot.store, bot.now_ms()
    until_ms = now + to_ms(bot.settings.routing.override_duration)
    tasks = _open_tasks(store, list_id)
    agreed = _agreed_tasks(store, list_id)
    for task_id in agreed:
        # Also of a task that is not known yet: no hold begins when it is first seen.
        store.overrides.release(task_id)
        store.overrides.put(
            task_id, None, None, now, until_ms, set_by=AUTHOR, because="people agreed with it"
        )
    kept_ids = [task.id for task in tasks if task.priority is not None and task.id not in agreed]
    _hold_again(store, kept_ids, now, until_ms)
    is_held = bot.settings.routing.keep_existing != "never"
    return Switched(list_id, "on", len(agreed), len(kept_ids) if is_held else 0)


def _hold_again(store: "Store", task_ids: Sequence[str], now_ms: int, until_ms: int) -> None:
    """Priorities that tasks had when they were first seen are held from now on."""
    for override in store.overrides.get_many(task_ids, now_ms).values():
        if override.origin != CHANGE:
            store.overrides.release(override.task_id)
            store.overrides.put_first(replace(override, since_ms=now_ms, until_ms=until_ms), 0)


def _agreed_tasks(store: "Store", list_id: str) -> set[str]:
    """Those of the open proposals with which somebody agrees and nobody disagrees."""
    answers = store.table(Answers).since(0)
    return {
        proposal.task_id
        for proposal in store.table(Proposals).of_lists([list_id])
        if is_agreed(
            answer for answer in answers if _is_about(answer, proposal.task_id, proposal.after)
        )
    }


def _is_about(answer: Answer, task_id: str, proposed: int) -> bool:
    return (answer.task_id, answer.proposed) == (task_id, proposed)


def is_agreed(answers: Iterable[Answer]) -> bool:
    """Whether there are answers, and all of them agree."""
    words = [answer.agrees for answer in answers]
    return bool(words) and all(words)


def _evaluate_again(bot: "Bot", tasks: Iterable[Task]) -> None:
    """Have routing decide about each of them; those without a priority get one."""
    internal, key = bot.handling.internal_events, f"{AUTHOR}:{bot.now_ms()}"
    for task in tasks:
        internal.evaluate_again(key, task.id, task.list_id, task.updated_ms)
