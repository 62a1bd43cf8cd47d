"""`/why`: why the task has its priority."""

from clickup_mlops.commands import reading, wording
from clickup_mlops.commands.model import Asked, Reply, Word
from clickup_mlops.routing.explain import explain


def answer(asked: Asked, _nothing: None) -> Reply:
    """The explanation of the newest decision, and of a person's choice that holds."""
    if asked.decision is None:
        return Reply("Nothing is decided about this task yet: it is judged when it next changes.")
    return Reply("\n".join([explain(asked.decision), *wording.held(asked)]))


WORD = Word("Says why this task has its priority.", "/why", "guest", reading.nothing, answer)
