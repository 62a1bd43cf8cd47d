"""`/help`: what can be asked."""

from clickup_mlops.commands import reading
from clickup_mlops.commands.model import Asked, Reply, Word


def answer(asked: Asked, _nothing: None) -> Reply:
    """The words that this user may use."""
    lines = [f"- `{word.usage}` {word.summary}" for _, word in sorted(asked.words.items())]
    return Reply("\n".join(["Begin a comment with one of these:", *lines]))


WORD = Word("Lists what you can ask the bot.", "/help", "guest", reading.nothing, answer)
