"""`assign`: assign people to the task."""

from collections.abc import Iterator

from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered, option
from clickup_mlops.automations.names import NEXT
from clickup_mlops.automations.text import Text
from clickup_mlops.clickup.model import Person
from clickup_mlops.config import Table


class Options(Table):
    """Who is assigned."""

    user: Text
    """User name, first name, e-mail or id; a user group's name (all its members); `on_call` or
    `on_call:<rotation>`: who it is now by `[people]` in the configuration; `next:<group>`: the
    member of the group (`next:rotation:<rotation>`: of the rotation) who has waited longest for a
    task, unless one of them is assigned; a task keeps its turn. Several with commas. A people field
    works too: `${task.fields["Owner"]}`."""


def plan(situation: Situation, options: Options) -> Iterator[Change]:
    """One change for each person who is not assigned yet."""
    have = assigned(situation)
    for person in chosen(situation, options.user):
        if person.id not in have and person.username.casefold() not in have:
            yield Change(
                f"assignee:{person.id}",
                False,
                True,
                f"+ {person.username or person.id}",
                {"user": person.username},
            )


def chosen(situation: Situation, user: Text) -> dict[Person, None]:
    """The people who are meant, each once. Raises Unanswered: nobody is."""
    names = [name.strip() for name in user.fill(situation).split(",") if name.strip()]
    if not names:
        raise Unanswered(f'user: "{user}" gives nobody here')
    with option("user"):
        return dict.fromkeys(person for name in names for person in _people(situation, name))


def _people(situation: Situation, name: str) -> tuple[Person, ...]:
    if not name.startswith(NEXT):
        return situation.names.people(name)
    group = name.removeprefix(NEXT).strip()
    people = situation.names.in_turn(group)
    have = assigned(situation)
    if any(person.id in have or person.username.casefold() in have for person in people):
        return ()
    chosen_id = situation.lookups.turn(group, situation.task.id, [person.id for person in people])
    return tuple(person for person in people if person.id == chosen_id)


def assigned(situation: Situation) -> dict[int | str, Person]:
    """The task's assignees by id and by name."""
    # Examples know people by name only, so either one counts.
    people = situation.task.assignees
    return {person.id: person for person in people} | {
        person.username.casefold(): person for person in people
    }


ACTION = ActionType("Assign people to the task.", Options, plan, writes=("assignee",))
