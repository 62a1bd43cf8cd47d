"""`/release`: give the task back to the policy."""

from clickup_mlops.commands import reading
from clickup_mlops.commands.model import Asked, Release, Reply, Word


def answer(asked: Asked, _nothing: None) -> Reply:
    """It is judged again at once."""
    kept = asked.override is not None
    told = "The policy decides again." if kept else "Nothing was held; it is judged again."
    return Reply(told, (Release(),))


WORD = Word(
    "Ends a priority that a person has set: the policy decides again.",
    "/release",
    "member",
    reading.nothing,
    answer,
)
