"""Which tasks are done, and what the page shows. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.onboarding.lessons import LESSONS

LessonsByUser = Mapping[int, Collection[str]]
"""The lessons that each person has shown, by user id."""


def lesson_of(task: Task) -> str:
    """The tag of the task's lesson; empty: it is none that can be observed."""
    return next((tag for tag in task.tags if tag in LESSONS), "")


def completed(tasks: Iterable[Task], lessons_by_user: LessonsByUser) -> Iterator[Task]:
    """Open tasks whose lesson all of their assignees have shown."""
    for task in tasks:
        lesson = lesson_of(task)
        people = task.assignees if task.is_open and lesson else ()
        if people and all(lesson in lessons_by_user.get(person.id, ()) for person in people):
            yield task


@dataclass(frozen=True, slots=True)
class RoleProgress:
    """People of a role, by the name of its List: how many lessons each has, of how many.

    `named`: those who agreed to be named, by name.
    """

    role: str
    people: int
    lessons: int
    done: int
    named: Mapping[str, int]


def by_role(
    tasks: Iterable[Task], lessons_by_user: LessonsByUser, agreed: Collection[int]
) -> list[RoleProgress]:
    """The roles by name."""
    lists: dict[str, list[Task]] = {}
    for task in tasks:
        lists.setdefault(task.list_name, []).append(task)
    return [_role(name, listed, lessons_by_user, agreed) for name, listed in sorted(lists.items())]


def _role(
    name: str, tasks: Iterable[Task], lessons_by_user: LessonsByUser, agreed: Collection[int]
) -> RoleProgress:
    people: dict[int, str] = {}
    lessons: dict[int, set[str]] = {}
    for task in tasks:
        for person in task.assignees:
            people[person.id] = person.username or f"user {person.id}"
            if lesson := lesson_of(task):
                lessons.setdefault(person.id, set()).add(lesson)
    done = {user: len(own & set(lessons_by_user.get(user, ()))) for user, own in lessons.items()}
    named = {people[user]: done.get(user, 0) for user in people if user in agreed}
    total = sum(map(len, lessons.values()))
    return RoleProgress(name, len(people), total, sum(done.values()), named)


def render(roles: Iterable[RoleProgress], fewest: int) -> str:
    """The page's text, in Markdown. Numbers of small roles, and of the one person of a role who is
    not named, would tell who it is.
    """
    lines = ["| Role | People | Lessons done | Named |", "| --- | --- | --- | --- |"]
    for role in roles:
        is_shown = role.people >= fewest and role.people - len(role.named) >= fewest
        is_open = role.people == len(role.named)
        numbers = (
            (f"{role.people}", f"{role.done} of {role.lessons}")
            if role.people and (is_shown or is_open)
            else ("fewer than can be shown", "")
        )
        names = ", ".join(
            f"{escape_markdown(name)} ({count})" for name, count in sorted(role.named.items())
        )
        lines.append(f"| {escape_markdown(role.role)} | {' | '.join(numbers)} | {names} |")
    lessons = "; ".join(LESSONS.values())
    lines += ["", f"A lesson is done when the bot has seen it: {lessons}."]
    lines += [
        "",
        "Names are only of those who closed the task that says so; who opens it again is not "
        "named any more.",
    ]
    return "\n".join(lines)
