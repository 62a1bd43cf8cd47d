"""Tasks: the heart of the API."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Unpack

from clickup_mlops.clickup import addresses
from clickup_mlops.clickup.client import task_body
from clickup_mlops.clickup.client.base import (
    UNSET,
    CustomId,
    Raw,
    Resource,
    Unset,
    check_ids,
    check_name,
    drop_none,
)
from clickup_mlops.clickup.client.batch import Batch, run_batch
from clickup_mlops.clickup.client.paging import iterate_pages
from clickup_mlops.clickup.client.task_body import Dates, Filters, Listing
from clickup_mlops.clickup.client.watching import watch
from clickup_mlops.clickup.content import TimeInStatus
from clickup_mlops.clickup.hierarchy import TaskList
from clickup_mlops.clickup.model import FieldDefinition, Task
from clickup_mlops.clickup.response import ResponseBody
from clickup_mlops.clickup.terminal import Progress
from clickup_mlops.errors import ApiError, InputError
from clickup_mlops.spelling import suggest_word

PAGE_SIZE = 100
"""Tasks on a page; ClickUp fixes it."""

BULK_SIZE = 100
"""Tasks in one time-in-status question; ClickUp's limit."""

_TASK = "/api/v2/task/{task_id}"
_IN_LIST = "/api/v2/list/{list_id}/task"
_STATUS_DOES_NOT_EXIST = "ITEM_114"


class Tasks(Resource):
    """Read, create, change, move and delete tasks."""

    # -- reading

    def get(
        self, task_id: str, *, include_markdown: bool = False, include_subtasks: bool = False
    ) -> Task:
        """One task. `include_markdown` fills `.markdown`, subtasks are in `.raw["subtasks"]`.

        https://developer.clickup.com/reference/gettask
        """
        parameters = {
            "include_markdown_description": include_markdown or None,
            "include_subtasks": include_subtasks or None,
        }
        return self._api.get(_TASK, parameters, task_id=task_id).parse_one(Task.parse)

    def get_by_custom_id(self, custom_id: str, team_id: str) -> Task:
        """One task by the team's own id, such as `ML-42`.

        https://developer.clickup.com/reference/gettask
        """
        return self.get(CustomId(custom_id, team_id))

    def find(self, address: str) -> Task:
        """One task by its id or its address in the web app, such as `https://app.clickup.com/t/86d…`.

        Raises:
            InputError: the address points to no task.

        https://developer.clickup.com/reference/gettask
        """
        if not addresses.is_address(address):
            return self.get(address)
        task_id, team_id = addresses.parse_task(address)
        return self.get(CustomId(task_id, team_id) if team_id else task_id)

    def page(
        self, list_id: str, number: int, **filters: Unpack[Listing]
    ) -> tuple[tuple[Task, ...], bool]:
        """Page `number` (from 0) of a list's tasks, and whether it is the last; see `in_list`.

        https://developer.clickup.com/reference/gettasks
        """
        return self._list_page(list_id, task_body.build_filters(filters), number)

    def in_list(
        self,
        list_id: str,
        *,
        page: int | None = None,
        include_closed: bool = False,
        subtasks: bool = False,
        order_by: str | None = None,
        reverse: bool = False,
        **filters: Unpack[Filters],
    ) -> Iterator[Task]:
        """The list's tasks (only page `page`, if given). Newest first unless `reverse`.

        https://developer.clickup.com/reference/gettasks
        """
        parameters = task_body.build_filters(
            {
                "include_closed": include_closed or None,
                "subtasks": subtasks or None,
                "order_by": order_by,
                "reverse": reverse or None,
                **filters,
            }
        )
        if page is not None:
            return iter(self._list_page(list_id, parameters, page)[0])
        return iterate_pages(lambda number: self._list_page(list_id, parameters, number))

    def in_workspace(
        self,
        team_id: str,
        *,
        list_ids: Sequence[str] = (),
        space_ids: Sequence[str] = (),
        include_closed: bool = True,
        subtasks: bool = True,
        order_by: str | None = "updated",
        reverse: bool = False,
        **filters: Unpack[Filters],
    ) -> Iterator[Task]:
        """Tasks of the whole workspace, or of some of its lists or spaces.

        https://developer.clickup.com/reference/getfilteredteamtasks
        """
        parameters = task_body.build_filters(
            {
                "list_ids": tuple(list_ids),
                "space_ids": tuple(space_ids),
                "include_closed": include_closed or None,
                "subtasks": subtasks or None,
                "order_by": order_by,
                "reverse": reverse or None,
                **filters,
            }
        )
        return iterate_pages(lambda number: self._team_page(team_id, parameters, number))

    def _list_page(
        self, list_id: str, parameters: Raw, number: int
    ) -> tuple[tuple[Task, ...], bool]:
        return _parse_page(self._api.get(_IN_LIST, {**parameters, "page": number}, list_id=list_id))

    def _team_page(
        self, team_id: str, parameters: Raw, number: int
    ) -> tuple[tuple[Task, ...], bool]:
        route = "/api/v2/team/{team_id}/task"
        return _parse_page(self._api.get(route, {**parameters, "page": number}, team_id=team_id))

    def time_in_status(self, task_ids: Iterable[str]) -> dict[str, TimeInStatus]:
        """How long each task was in which status, by task id; a call per hundred tasks.

        https://developer.clickup.com/reference/getbulktaskstimeinstatus
        """
        unique_ids = list(dict.fromkeys(task_ids))
        by_task: dict[str, TimeInStatus] = {}
        for start in range(0, len(unique_ids), BULK_SIZE):
            chunk = unique_ids[start : start + BULK_SIZE]
            answer = self._api.get("/api/v2/task/bulk_time_in_status/task_ids", {"task_ids": chunk})
            by_task |= {
                task_id: answer.parse_one(TimeInStatus.parse, task_id) for task_id in answer
            }
        return by_task

    # -- writing

    def create(
        self,
        list_id: str,
        name: str,
        *,
        description: str | None = None,
        markdown: str | None = None,
        status: str | None = None,
        priority: int | None = None,
        assignees: Iterable[int] = (),
        groups: Iterable[str] = (),
        tags: Iterable[str] = (),
        time_estimate_ms: int | None = None,
        points: float | None = None,
        parent_id: str | None = None,
        links_to: str | None = None,
        type_id: int | None = None,
        fields: Iterable[tuple[FieldDefinition, object]] = (),
        raw_fields: Iterable[tuple[FieldDefinition, Any]] = (),
        check_required_fields: bool | None = None,
        notify_all: bool | None = None,
        **dates: Unpack[Dates],
    ) -> Task:
        """A new task. `dates`: see `Dates`; `fields` as for `fields.set`, `raw_fields`, `set_raw`.
        https://developer.clickup.com/reference/createtask

        Raises:
            InputError: a value cannot be right; an unknown status comes with the nearest one.
            UncertainWrite: no answer came: look for the task before creating it again.
        """
        body = drop_none(
            name=check_name(name),
            **task_body.build_description(description, markdown),
            status=status,
            priority=task_body.check_priority(priority),
            **task_body.build_lists(check_ids(assignees), groups, tags),
            **task_body.build_dates(**dates),
            time_estimate=time_estimate_ms,
            points=points,
            parent=parent_id,
            links_to=links_to,
            custom_item_id=type_id,
            custom_fields=task_body.build_field_values(fields, raw_fields) or None,
            check_required_custom_fields=check_required_fields,
            notify_all=notify_all,
        )
        send = partial(self._api.post, _IN_LIST, body, list_id=list_id)
        return self._with_status(send, body, lambda: list_id)

    def update(
        self,
        task_id: str,
        *,
        name: str | Unset = UNSET,
        description: str | None = None,
        markdown: str | None = None,
        status: str | Unset = UNSET,
        priority: int | Unset | None = UNSET,
        assignees_add: Iterable[int] = (),
        assignees_rem: Iterable[int] = (),
        groups_add: Iterable[str] = (),
        groups_rem: Iterable[str] = (),
        watchers_add: Iterable[int] = (),
        watchers_rem: Iterable[int] = (),
        time_estimate_ms: int | Unset | None = UNSET,
        points: float | Unset | None = UNSET,
        parent_id: str | Unset = UNSET,
        type_id: int | Unset | None = UNSET,
        archived: bool | Unset = UNSET,
        **dates: Unpack[Dates],
    ) -> Task:
        """Change what is given; None removes. An empty description clears it. `dates`: see `Dates`.

        Tags and custom fields have calls of their own: ClickUp ignores them here.

        Raises:
            InputError: nothing is given, or a value cannot be right.

        https://developer.clickup.com/reference/updatetask
        """
        body = task_body.build_change(
            name=name if name is UNSET else check_name(name),
            **task_body.build_description(description, markdown),
            status=status,
            priority=task_body.check_priority(priority),
            assignees=task_body.build_user_delta(assignees_add, assignees_rem),
            group_assignees=task_body.build_delta(groups_add, groups_rem),
            watchers=task_body.build_user_delta(watchers_add, watchers_rem),
            **task_body.build_dates(**dates),
            time_estimate=time_estimate_ms,
            points=points,
            parent=parent_id,
            custom_item_id=type_id,
            archived=archived,
        )
        send = partial(self._api.put, _TASK, body, task_id=task_id)
        return self._with_status(send, body, lambda: self.get(task_id).list_id)

    def delete(self, task_id: str) -> None:
        """Move it to the trash; only a person can bring it back.

        https://developer.clickup.com/reference/deletetask
        """
        self._api.delete(_TASK, task_id=task_id)

    def move(
        self,
        team_id: str,
        task_id: str,
        list_id: str,
        *,
        keep_fields: bool = True,
        statuses: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Give the task another home list. `statuses`: (id there now, id in the new list) pairs.

        `keep_fields` adds those of its custom fields to the new list that the list lacks; else
        their values are lost.

        Raises:
            ApiError: the new list lacks the task's status, and no pair maps it.

        https://developer.clickup.com/reference/movetask
        """
        mappings = [
            {"source_status_id": source, "destination_status_id": destination}
            for source, destination in statuses
        ]
        self._api.put(
            "/api/v3/workspaces/{workspace_id}/tasks/{task_id}/home_list/{list_id}",
            drop_none(move_custom_fields=keep_fields, status_mappings=mappings or None),
            workspace_id=team_id,
            task_id=task_id,
            list_id=list_id,
        )

    def add_to_list(self, task_id: str, list_id: str) -> None:
        """Show it in a second list too (needs the "Tasks in Multiple Lists" ClickApp).

        https://developer.clickup.com/reference/addtasktolist
        """
        route = "/api/v2/list/{list_id}/task/{task_id}"
        self._api.post_idempotent(route, list_id=list_id, task_id=task_id)

    def remove_from_list(self, task_id: str, list_id: str) -> None:
        """Take it out of a list that is not its home.

        https://developer.clickup.com/reference/removetaskfromlist
        """
        route = "/api/v2/list/{list_id}/task/{task_id}"
        self._api.delete(route, list_id=list_id, task_id=task_id)

    # -- many at once

    def batch_get(
        self, task_ids: Iterable[str], *, progress: Progress | None = None
    ) -> Batch[Task]:
        """Many tasks, a call for each, in several threads; see `run_batch`.

        https://developer.clickup.com/reference/gettask
        """
        return run_batch([partial(self.get, task_id) for task_id in task_ids], progress=progress)

    def batch_create(
        self,
        list_id: str,
        tasks: Iterable[Mapping[str, Any]],
        *,
        progress: Progress | None = None,
    ) -> Batch[Task]:
        """Many new tasks; each has the arguments of `create`, such as `{"name": "a"}`.

        https://developer.clickup.com/reference/createtask
        """
        calls = [partial(self.create, list_id, **arguments) for arguments in tasks]
        return run_batch(calls, progress=progress)

    def batch_update(
        self, changes: Mapping[str, Mapping[str, Any]], *, progress: Progress | None = None
    ) -> Batch[Task]:
        """Many changes: by the task's id, the arguments of `update`.

        https://developer.clickup.com/reference/updatetask
        """
        calls = [partial(self.update, task_id, **change) for task_id, change in changes.items()]
        return run_batch(calls, progress=progress)

    def batch_delete(
        self, task_ids: Iterable[str], *, progress: Progress | None = None
    ) -> Batch[None]:
        """Move many tasks to the trash.

        https://developer.clickup.com/reference/deletetask
        """
        return run_batch([partial(self.delete, task_id) for task_id in task_ids], progress=progress)

    # -- what changes

    def watch(
        self,
        list_id: str,
        *,
        every_s: float = 30.0,
        since_ms: int | None = None,
        **filters: Unpack[Filters],
    ) -> Iterator[Task]:
        """Each task of a List that is new or was changed, for ever, as it is seen; oldest first.

        The List is asked every `every_s` seconds, closed tasks and subtasks included. `since_ms`
        None: changes from now on, by ClickUp's clock. Several changes between two looks are one;
        deleted tasks are not seen: a webhook reports them.

        https://developer.clickup.com/reference/gettasks
        """
        page = partial(self.in_list, list_id, include_closed=True, subtasks=True, **filters)
        return watch(page, self._api.transport, every_s, since_ms)

    # -- statuses

    def _with_status(
        self, send: Callable[[], ResponseBody], body: Raw, list_id: Callable[[], str]
    ) -> Task:
        """Send; if the status is unknown, try the list's own spelling, else name the nearest."""
        try:
            return send().parse_one(Task.parse)
        except ApiError as problem:
            if problem.code != _STATUS_DOES_NOT_EXIST:
                raise
            answer = self._api.get("/api/v2/list/{list_id}", list_id=list_id())
            # Names may match case-sensitively, and a List may override its Space's statuses.
            spelling = _find_spelling(str(body["status"]), answer.parse_one(TaskList.parse))
            if spelling == body["status"]:
                raise
            body["status"] = spelling
            return send().parse_one(Task.parse)


def _parse_page(answer: ResponseBody) -> tuple[tuple[Task, ...], bool]:
    tasks = answer.parse_many(Task.parse, "tasks")
    # The workspace's answer may lack `last_page`; pages have always a hundred tasks.
    return tasks, bool(answer.get("last_page", len(tasks) < PAGE_SIZE))


def _find_spelling(status_name: str, task_list: TaskList) -> str:
    names = [status.name for status in task_list.statuses]
    for name in names:
        if name.casefold() == status_name.casefold():
            return name
    guess = suggest_word(status_name, names)
    listed = ", ".join(f'"{name}"' for name in names)
    raise InputError(
        f'the list "{task_list.name}" has no status "{status_name:.60}"{guess}',
        hint=f"Statuses: {listed}.",
    )
