"""`/release`: give the task back to the policy."""

from clickup_mlops.commands import reading, wording
from clickup_mlops.commands.model import Asked, Deed, Mute, Release, Reply, Word
from clickup_mlops.routing import standing
from clickup_mlops.routing.decision import title
from clickup_mlops.routing.standing import Muted


def answer(asked: Asked, _nothing: None) -> Reply:
    """It is judged again at once. What an undo has muted is released with it: the undo kept both.

    Nobody releases what they may not `/unmute`.
    """
    muted = asked.standing.muted
    lifted = [one.automation for one in muted if _goes_along(one, asked)]
    left = [one for one in muted if one.automation not in lifted]
    lines = [_released(asked), *(f"`{name}` is no longer muted." for name in lifted)]
    lines += [_then(asked, left), *(_stays(one, asked) for one in left)]
    deeds: list[Deed] = [Mute(name, 0) for name in lifted]
    return Reply("\n".join(filter(None, lines)), (Release(), *deeds))


def _goes_along(one: Muted, asked: Asked) -> bool:
    return one.by_undo and one.automation in asked.routing and "unmute" in asked.words


def _released(asked: Asked) -> str:
    override = asked.standing.override
    if override is None or override.priority is None:
        return "No priority was held."
    return f"Released: {title(override.priority)}, {standing.holding(override)}."


def _then(asked: Asked, left: list[Muted]) -> str:
    """Whether the policy decides now, and what keeps it from that."""
    silent = {one.automation for one in left}
    if any(asked.modes[name] == "on" for name in asked.routing - silent):
        return "The policy decides again."
    idle = [
        f"`{name}`:{said}" for name in sorted(asked.routing) if (said := wording.idle(asked, name))
    ]
    return " ".join(["The policy does not decide on this task now.", *idle])


def _stays(one: Muted, asked: Asked) -> str:
    how = f" `/unmute {one.automation}` ends that." if "unmute" in asked.words else ""
    return f"{one.sentence}{how}"


WORD = Word(
    "Ends a priority that somebody or an automation holds, or an undo: the policy decides again.",
    "/release",
    "member",
    reading.nothing,
    answer,
)
