"""Whatever is answered, the client's errors are the project's own."""

import inspect
import itertools
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.goals import Goal
from clickup_mlops.clickup.hierarchy import View
from clickup_mlops.clickup.model import FieldDefinition, Task
from clickup_mlops.errors import ApiError, ClickUpMlopsError, UncertainWrite
from tests.clickup.documented import COMPOSED, methods
from tests.http_server import Handler, serving

KEYS = [
    *("id", "user", "team", "teams", "members", "tasks", "task", "comments", "comment", "lists"),
    *("list", "folders", "folder", "spaces", "space", "fields", "field", "tags", "views", "view"),
    *("templates", "webhook", "webhooks", "health", "events", "checklist", "items", "docs", "data"),
    *("next_cursor", "pages", "status", "statuses", "priority", "assignees", "creator", "type"),
    *("custom_fields", "type_config", "value", "options", "dependencies", "linked_tasks", "date"),
    *("due_date", "date_created", "name", "orderindex", "groups", "custom_items", "custom_roles"),
    *("current_status", "status_history", "total_time", "reactions", "assignee", "last_page"),
    *("goals", "goal", "owners", "key_results", "key_result", "last_action", "plan_name"),
]
LEAVES = [None, True, 0, -1, 1.5, 10**30, "", "x", "1", "2026-01-01", [], {}]
BODIES = ["", "null", "[]", "1", '"x"', "{}", "[null]", "[[]]", '{"tasks": [', "<html>502</html>"]
PLENTY = {"Limit": 10**6, "Remaining": 10**6, "Reset": 2**31}
GIVEN = {
    "fields": [],
    "field": FieldDefinition("f", "F", "number"),
    "task": Task({"id": "1"}),
    "view": View("1", "v", "list", {}),
    "place": "list",
    "level": "list",
    "content": "x",
    "type_config": {},
    "settings": {},
    "user_ids": [1],
    "owners": [1],
    "goal": Goal("1", "g", "", 0, "", 0, (), ()),
    "task_ids": ["1"],
    "endpoint": "https://x.example",
    "events": ["taskCreated"],
    "name_or_type": "x",
    "kind": "number",
    "folder_id": "1",
}


class Answers:
    """A server that answers everything with `body`."""

    def __init__(self) -> None:
        self.body, self.url = "{}", ""


@pytest.fixture
def answers() -> Iterator[Answers]:
    answers = Answers()
    room = {f"X-RateLimit-{name}": str(value) for name, value in PLENTY.items()}

    class Answering(Handler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet

        def any(self) -> None:
            self.body()
            self.answer(200, answers.body.encode(), **room)

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Answering, f"do_{method}", Answering.any)
    with serving(Answering) as server:
        answers.url = f"http://127.0.0.1:{server.server_port}"
        yield answers


@pytest.fixture
def asking(answers: Answers) -> Iterator[ClickUp]:
    """A client of that server."""
    with ClickUp("pk_1", base_url=answers.url, sleep=lambda _s: None) as client:
        client.authorization.seats("1")  # learns that there is room for all calls
        yield client


def build_odd_value(chance: random.Random, depth: int = 0) -> Any:
    """A value with the keys of answers in the wrong places."""
    kind = chance.random()
    if depth > 3 or kind < 0.3:
        return chance.choice(LEAVES)
    if kind < 0.55:
        return [build_odd_value(chance, depth + 1) for _ in range(chance.randrange(1, 3))]
    keys = chance.sample(KEYS, 12 if depth else 40)
    fields = {key: build_odd_value(chance, depth + 1) for key in keys}
    # An id, mostly, so that reading goes on behind it.
    return fields | ({"id": "7"} if chance.random() < 0.6 else {})


def build_arguments(method: Callable[..., Any]) -> dict[str, Any]:
    """Something for every argument that has no default."""
    return {
        name: GIVEN.get(name, "1")
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }


def read_result(result: Any) -> None:
    """Listings are read, and every attribute of what is in them."""
    if isinstance(result, Iterator):
        result = list(itertools.islice(result, 50))
    for value in result if isinstance(result, list | tuple) else [result]:
        if isinstance(value, Task):
            for name in vars(Task):
                getattr(value, name)
            value.field("x")


def test_no_answer_ends_in_an_error_of_python(answers: Answers, asking: ClickUp) -> None:
    """Of any method: null, a list, missing keys, wrong types, half an answer, HTML."""
    chance, fixed = random.Random(4), itertools.cycle(BODIES)
    for name, resource, method in methods(asking):
        if name in COMPOSED:
            continue
        call = getattr(resource, method)
        # Each method meets some of the fixed ones, and together they meet all of them.
        for body in [next(fixed), "[]", *(json.dumps(build_odd_value(chance)) for _ in range(2))]:
            answers.body = body
            try:
                read_result(call(**build_arguments(call)))
            except ClickUpMlopsError:
                pass
            except Exception as problem:
                pytest.fail(f"{name}: {problem!r} after {body:.300}")


@pytest.mark.parametrize("body", ["[]", "{}", '{"id": null}', '{"checklist": 1}'])
def test_an_odd_answer_to_a_new_object_is_uncertain(
    answers: Answers, asking: ClickUp, body: str
) -> None:
    """It may have been created; a read is a plain ApiError with the call's name."""
    answers.body = body
    with pytest.raises(UncertainWrite):
        asking.checklists.create("1", "x")
    with pytest.raises(ApiError, match=r"GET /api/v2/list/\{list_id\}/field: the answer"):
        asking.fields.of_list("1")
