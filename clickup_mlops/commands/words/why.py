"""`/why`: why the task has its priority."""

from clickup_mlops.commands import reading
from clickup_mlops.commands.model import Asked, Reply, Word
from clickup_mlops.routing import standing


def answer(asked: Asked, _nothing: None) -> Reply:
    """What became of the newest decision, what it was, who holds the priority and who is muted."""
    if asked.decision is not None:
        return Reply(standing.tell(asked.decision, asked.standing))
    return Reply("\n".join([_undecided(asked), *standing.holds(asked.standing)]))


def _undecided(asked: Asked) -> str:
    silent = {one.automation for one in asked.standing.muted}
    if any(asked.modes[name] != "off" for name in asked.routing - silent):
        return "Nothing is decided about this task yet: it is judged when it next changes."
    return "Nothing is decided about this task, and no automation applies the policy to it now."


WORD = Word("Says why this task has its priority.", "/why", "guest", reading.nothing, answer)
