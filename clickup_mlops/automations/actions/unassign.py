"""`unassign`: unassign people from the task."""

from collections.abc import Iterable, Iterator

from clickup_mlops.automations.actions.assign import assigned, chosen
from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.automations.text import Text
from clickup_mlops.clickup.model import Person
from clickup_mlops.config import Table


class Options(Table):
    """Who is unassigned."""

    user: Text | None = None
    """As in `assign`. Unset: everybody."""


def plan(situation: Situation, options: Options) -> Iterator[Change]:
    """One change for each of them who is assigned."""
    for person in _leaving(situation, options):
        text = f"- {person.username or person.id}"
        yield Change(f"assignee:{person.id}", True, False, text, {"user": person.username})


def _leaving(situation: Situation, options: Options) -> Iterable[Person]:
    if options.user is None:
        return situation.task.assignees
    have = assigned(situation)
    people = (
        have.get(candidate.id) or have.get(candidate.username.casefold())
        for candidate in chosen(situation, options.user)
    )
    return dict.fromkeys(person for person in people if person is not None)


ACTION = ActionType("Unassign people from the task.", Options, plan, writes=("assignee",))
