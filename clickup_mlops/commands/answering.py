"""From a command to its reply. Pure."""

from collections.abc import Mapping

from clickup_mlops import registry
from clickup_mlops.commands import words as words_folder
from clickup_mlops.commands.model import ROLES, Asked, Misused, Reply, Role, Word
from clickup_mlops.commands.reading import Command
from clickup_mlops.errors import ConfigError
from clickup_mlops.spelling import did_you_mean

Words = Mapping[str, Word]


def find_words() -> Words:
    """Every word: the files in `words/` and those of other distributions."""
    return registry.find(words_folder, "WORD")


def allowed(words: Words, allow: Mapping[str, Role], role: Role) -> Words:
    """The words that a role may use; `allow` changes the least role of some.

    Raises:
        ConfigError: `allow` names a word that does not exist.
    """
    for name in allow:
        if name not in words:
            raise ConfigError(
                f'commands.allow: there is no command "{name}"',
                hint=f"The commands are: {', '.join(words)}.",
            )
    enough = ROLES[: ROLES.index(role) + 1]
    return {name: word for name, word in words.items() if allow.get(name, word.role) in enough}


def answer(command: Command, asked: Asked, words: Words) -> Reply:
    """What to say and do; an unknown, forbidden or misused command is answered with the way out."""
    word = asked.words.get(command.word)
    if word is None:
        return Reply(_refusal(command.word, asked, words))
    try:
        return word.answer(asked, word.read(command.rest))
    except Misused as problem:
        text = str(problem)
        return Reply(f"`/{command.word}`: {text}.".replace("..", "."))


def _refusal(name: str, asked: Asked, words: Words) -> str:
    if name in words:
        return f"`/{name}` is not for a {asked.role}. `/help` lists what you can use."
    meant = did_you_mean(name, sorted(asked.words), " Did you mean `/{}`?")
    return f"There is no command `/{name}`.{meant} `/help` lists what you can use."
