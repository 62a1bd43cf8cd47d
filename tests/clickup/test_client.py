"""The client on a sandbox: ClickUp's quirks are met so that callers need not know them."""

import subprocess
import sys
import threading
import tracemalloc
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from clickup_mlops.clickup import blocks
from clickup_mlops.clickup.client import ClickUp, PriorityClass
from clickup_mlops.clickup.client.paging import MOST_AHEAD, iterate_pages
from clickup_mlops.clickup.client.resources.fields import find_field
from clickup_mlops.clickup.upload import Multipart
from clickup_mlops.errors import ApiError, InputError, PlanLimit
from clickup_mlops.sandbox import Sandbox

DUE_MS = 1_795_609_800_000


# Tasks


def test_a_task_comes_back_as_it_was_created(clickup: ClickUp, list_id: str) -> None:
    """Name with raw ampersand, priority, date, tags, parent."""
    parent = clickup.tasks.create(list_id, "R&D", priority=2, due_ms=DUE_MS, tags=["gpu"])
    child = clickup.tasks.create(list_id, "child", parent_id=parent.id, markdown="**now**")
    task = clickup.tasks.get(parent.id)
    assert (task.name, task.priority, task.due_ms, task.tags) == ("R&D", 2, DUE_MS, ("gpu",))
    assert (task.list_id, task.is_open) == (list_id, True)
    assert clickup.tasks.get(child.id, include_markdown=True).markdown == "**now**"
    assert clickup.tasks.get(child.id).parent_id == parent.id


@pytest.mark.parametrize("priority", [1, 2, 3, 4, None])
def test_every_priority_can_be_set(clickup: ClickUp, list_id: str, priority: int | None) -> None:
    """1 to 4, and None to remove it."""
    task = clickup.tasks.create(list_id, "x", priority=3)
    clickup.tasks.update(task.id, priority=priority)
    assert clickup.tasks.get(task.id).priority == priority


@pytest.mark.parametrize("priority", ["high", 0, 5, True, 2.0])
def test_a_priority_that_clickup_would_ignore_is_refused(
    clickup: ClickUp, priority: object
) -> None:
    """Nothing is sent: ClickUp would answer 200 and change nothing."""
    with pytest.raises(InputError, match="not a priority"):
        clickup.tasks.update("86x", priority=priority)  # type: ignore[arg-type]
    assert clickup.calls == 0


def test_a_description_can_be_cleared(clickup: ClickUp, list_id: str) -> None:
    """An empty string would change nothing on the wire."""
    task = clickup.tasks.create(list_id, "x", description="old")
    clickup.tasks.update(task.id, description="")
    assert clickup.tasks.get(task.id).text.strip() == ""


def test_a_date_keeps_its_time_of_day_unless_it_is_a_whole_day(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """For ClickUp a date without that flag is a whole day: it would be due hours later."""
    task = clickup.tasks.create(list_id, "x", due_ms=DUE_MS, start_ms=DUE_MS)
    stored = clickup_sandbox.world.tasks[task.id]
    assert (stored.due_date_time, stored.start_date_time) == (True, True)

    clickup.tasks.update(task.id, due_ms=DUE_MS, dates_have_time=False)
    stored = clickup_sandbox.world.tasks[task.id]
    assert (stored.due_date_time, stored.start_date_time) == (False, True)


def test_only_what_is_given_changes(clickup: ClickUp, list_id: str) -> None:
    """A new name keeps priority and date; None removes the date."""
    task = clickup.tasks.create(list_id, "x", priority=1, due_ms=DUE_MS)
    renamed = clickup.tasks.update(task.id, name="y")
    assert (renamed.name, renamed.priority, renamed.due_ms) == ("y", 1, DUE_MS)
    assert clickup.tasks.update(task.id, due_ms=None).due_ms is None
    with pytest.raises(InputError, match="nothing to change"):
        clickup.tasks.update(task.id)


def test_assignees_are_changed_not_replaced(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """Adding one person keeps the other; nobody ends up as a mere watcher."""
    ann, ben = (member.id for member in clickup_sandbox.control.members[:2])
    task = clickup.tasks.create(list_id, "x", assignees=[ann])
    clickup.tasks.update(task.id, assignees_add=[ben])
    assert {person.id for person in clickup.tasks.get(task.id).assignees} == {ann, ben}
    clickup.tasks.update(task.id, assignees_rem=[ann])
    assert [person.id for person in clickup.tasks.get(task.id).assignees] == [ben]


def test_a_status_in_another_spelling_is_found(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """The list's own spelling is used; a wrong one names the nearest and all of them."""
    clickup_sandbox.control.set_statuses(
        "Tasks",
        [
            {"status": "to do", "type": "open", "color": "#87909e"},
            {"status": "In Review", "type": "custom", "color": "#5f55ee"},
            {"status": "complete", "type": "closed", "color": "#008844"},
        ],
    )
    task = clickup.tasks.create(list_id, "x")
    assert clickup.tasks.update(task.id, status="In Review").status.name.lower() == "in review"
    with pytest.raises(InputError, match='no status "in revue"; did you mean') as caught:
        clickup.tasks.update(task.id, status="in revue")
    assert '"complete"' in caught.value.hint
    with pytest.raises(InputError, match="no status"):
        clickup.tasks.create(list_id, "y", status="nowhere")
    assert not clickup.tasks.update(task.id, status="COMPLETE").is_open


@pytest.mark.parametrize("tag", ["team/inference", "a//b/", "100%", "ünïcode tag", "a?b#c"])
def test_a_tag_may_have_any_characters(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, tag: str
) -> None:
    """It goes onto the task and off again, and out of the Space, under its own name."""
    space = clickup_sandbox.control.space_id(next(iter(clickup_sandbox.world.spaces)).name)
    task = clickup.tasks.create(list_id, "serve")

    clickup.tags.add(task.id, tag)
    assert clickup.tasks.get(task.id).tags == (tag,)
    clickup.tags.remove(task.id, tag)
    assert clickup.tasks.get(task.id).tags == ()

    clickup.tags.delete(space, tag)
    assert tag not in {known_tag.name for known_tag in clickup.tags.of_space(space)}


def test_tasks_can_be_filtered(clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str) -> None:
    """By tag, status, subtasks, closed ones, and by what changed since."""
    clickup_sandbox.control.clock.set(DUE_MS)
    parent = clickup.tasks.create(list_id, "parent", tags=["gpu"])
    clickup.tasks.create(list_id, "child", parent_id=parent.id)
    completed = clickup.tasks.create(list_id, "done")
    clickup.tasks.update(completed.id, status="complete")
    clickup_sandbox.control.clock.set(DUE_MS + 60_000)
    clickup.tasks.update(parent.id, priority=1)

    def names(**filters: object) -> set[str]:
        return {task.name for task in clickup.tasks.in_list(list_id, **filters)}  # type: ignore[arg-type]

    assert names() == {"parent"}
    assert names(subtasks=True) == {"parent", "child"}
    assert names(include_closed=True) == {"parent", "done"}
    assert names(tags=["gpu"]) == {"parent"}
    assert names(statuses=["complete"], include_closed=True) == {"done"}
    changed = clickup.tasks.in_workspace(
        clickup_sandbox.team_id, list_ids=[list_id], updated_after_ms=DUE_MS + 30_000
    )
    assert [task.name for task in changed] == ["parent"]
    with pytest.raises(InputError, match="cannot be ordered"):
        names(order_by="priority")
    with pytest.raises(InputError, match='did you mean "updated_after_ms"'):
        names(updated_afer_ms=DUE_MS)


@pytest.mark.parametrize(
    ("count", "calls"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (350, 4)]
)
def test_short_listings_cost_one_call_a_page(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, count: int, calls: int
) -> None:
    """Every task once, and no call more than there are pages."""
    bodies = ({"name": f"task {n}"} for n in range(count))
    task_ids = clickup_sandbox.control.add_tasks("Tasks", bodies)
    assert sorted(task.id for task in clickup.tasks.in_list(list_id)) == sorted(task_ids)
    assert clickup.calls == calls


def test_long_listings_are_fetched_ahead(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """Still every task once, in order, and at most two calls too many."""
    task_ids = clickup_sandbox.control.add_tasks("Tasks", ({"name": f"{n}"} for n in range(1_250)))
    read = [task.id for task in clickup.tasks.in_list(list_id, order_by="created", reverse=True)]
    assert len(read) == len(set(read)) == len(task_ids)
    assert 13 <= clickup.calls <= 13 + MOST_AHEAD


def test_an_iterator_that_is_dropped_asks_for_no_more() -> None:
    """Reading stops when the reader stops."""
    pages: list[int] = []

    def fetch(page: int) -> tuple[list[int], bool]:
        pages.append(page)
        return [page] * 100, False

    entries = iterate_pages(fetch)
    assert [next(entries) for _ in range(150)][-1] == 1
    entries.close()  # type: ignore[attr-defined]
    assert pages == [0, 1]


def test_a_listing_whose_pages_are_all_the_same_ends() -> None:
    """A server that ignores the page's number does not keep the reader for ever."""
    assert list(iterate_pages(lambda _page: ([1, 2, 3], False))) == [1, 2, 3]


def test_an_error_on_a_page_reaches_the_reader() -> None:
    """Also when the page was fetched ahead."""

    def fetch(page: int) -> tuple[list[int], bool]:
        if page == 9:
            raise ApiError("page 9 is broken")
        return [page], False

    read: list[int] = []
    with pytest.raises(ApiError, match="page 9"):
        read.extend(iterate_pages(fetch))
    assert read == list(range(9))


def test_time_in_status_is_asked_for_a_hundred_at_a_time(
    clickup: ClickUp, clickup_sandbox: Sandbox
) -> None:
    """250 tasks are three calls; one twice is one."""
    task_ids = clickup_sandbox.control.add_tasks("Tasks", ({"name": f"{n}"} for n in range(250)))
    by_task = clickup.tasks.time_in_status([*task_ids, task_ids[0]])
    assert set(by_task) == set(task_ids)
    assert by_task[task_ids[0]].current.status == "to do"
    assert clickup.calls == 3


def test_dependencies_have_a_direction(clickup: ClickUp, list_id: str) -> None:
    """Who waits, who blocks, and both ends of a link."""
    train, data, note = (clickup.tasks.create(list_id, name) for name in ("train", "data", "note"))
    clickup.relations.wait_for(train.id, data.id)
    clickup.relations.link(train.id, note.id)
    assert clickup.tasks.get(train.id).depends_on == (data.id,)
    assert clickup.tasks.get(data.id).blocks == (train.id,)
    assert clickup.tasks.get(note.id).links == (train.id,)
    clickup.relations.stop_waiting_for(train.id, data.id)
    clickup.relations.unlink(train.id, note.id)
    task = clickup.tasks.get(train.id)
    assert (task.depends_on, task.links) == ((), ())


def test_a_moved_task_has_another_home(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, team_id: str
) -> None:
    """Through v3, the only way."""
    space_id = clickup.lists.get(list_id).space_id
    target = clickup.lists.create("Other", space_id=space_id)
    task = clickup.tasks.create(list_id, "x")
    clickup.tasks.move(team_id, task.id, target.id)
    assert clickup.tasks.get(task.id).list_id == target.id


# Fields


def test_fields_are_set_by_name_and_label(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """Through a definition or through the task; wrong names and labels are helped with."""
    choices = ["Inference", "Training"]
    clickup_sandbox.control.create_field("Workload", "drop_down", choices=choices)
    clickup_sandbox.control.create_field("Stack", "labels", choices=["vLLM", "Triton"])
    fields = clickup.fields.of_list(list_id)
    task = clickup.tasks.create(
        list_id, "x", fields=[(find_field(fields, "workload"), "inference")]
    )
    assert task.field("Workload") == "Inference"
    clickup.fields.set(task.id, find_field(fields, "Stack"), ["Triton", "vllm"])
    clickup.fields.set_named(task, "WORKLOAD", "Training")
    task = clickup.tasks.get(task.id)
    assert (task.field("Workload"), task.field("Stack")) == ("Training", ["Triton", "vLLM"])
    clickup.fields.clear(task.id, find_field(fields, "Workload"))
    assert clickup.tasks.get(task.id).field("Workload") is None
    with pytest.raises(InputError, match='no custom field "Worklod"; did you mean "Workload"'):
        find_field(fields, "Worklod")
    with pytest.raises(InputError, match='did you mean "Training"'):
        clickup.fields.set_named(task, "Workload", "Trainning")


@pytest.mark.clickup_sandbox(plan="Free", rate_limit=0)
def test_the_free_plans_field_uses_end_as_a_plan_limit(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """FIELD_033 is its own type of error, with the way out in the hint."""
    clickup_sandbox.control.create_field("GPU hours", "number")
    (field,) = clickup.fields.of_list(list_id)
    task = clickup.tasks.create(list_id, "x")
    for hours in range(60):
        clickup.fields.set(task.id, field, hours)
    with pytest.raises(PlanLimit) as caught:
        clickup.fields.set(task.id, field, 61)
    assert caught.value.code == "FIELD_033"
    assert "tags" in caught.value.hint


# Words


def test_comments_are_paged_newest_first(clickup: ClickUp, list_id: str) -> None:
    """60 comments are three pages of 25, each once."""
    task = clickup.tasks.create(list_id, "x")
    for number in range(60):
        clickup.comments.add(task.id, f"comment {number}")
    before = clickup.calls
    read = [comment.text.strip() for comment in clickup.comments.of_task(task.id)]
    assert read == [f"comment {number}" for number in reversed(range(60))]
    assert clickup.calls - before == 3


def test_a_comment_keeps_its_format_and_thread(clickup: ClickUp, list_id: str) -> None:
    """Blocks come back as blocks; replies belong to the comment; it can be resolved."""
    task = clickup.tasks.create(list_id, "x")
    created = clickup.comments.add(task.id, blocks.from_markdown("**p99** is up"))
    clickup.comments.reply(created.id, "on it")
    clickup.comments.update(created.id, resolved=True)
    (comment,) = clickup.comments.of_task(task.id)
    assert comment.blocks[0] == {"text": "p99", "attributes": {"bold": True}}
    assert comment.resolved
    assert [reply.text.strip() for reply in clickup.comments.replies(created.id)] == ["on it"]
    with pytest.raises(InputError, match="empty"):
        clickup.comments.add(task.id, "")


def test_files_go_to_tasks_and_into_fields(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, team_id: str
) -> None:
    """Both can be listed; a field's file is uploaded first and then set like any value."""
    clickup_sandbox.control.create_field("Logs", "attachment")
    (field,) = clickup.fields.of_list(list_id)
    task = clickup.tasks.create(list_id, "x")
    clickup.attachments.add(task.id, "trace.json", BytesIO(b"{}"))
    assert [file.title for file in clickup.attachments.of_task(team_id, task.id)] == ["trace.json"]
    file = clickup.attachments.add_to_field(team_id, field.id, "nccl.log", b"timeout")
    clickup.fields.set(task.id, field, [file.id])
    assert clickup.tasks.get(task.id).field("Logs") == [file.id]
    assert [attachment.id for attachment in clickup.attachments.of_field(team_id, field.id)] == [
        file.id
    ]


@pytest.mark.parametrize("name", ["trace.json", 'a "b" c.txt', "日志.log", "x\r\ny.txt"])
def test_a_file_keeps_its_name_and_bytes(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, name: str
) -> None:
    """Whatever the name has in it; what was read of the file before is not sent."""
    task = clickup.tasks.create(list_id, "x")
    content = BytesIO(b"--head--" + b"y" * 200_000)
    content.seek(8)
    clickup.attachments.add(task.id, name, content)
    (attachment,) = clickup.tasks.get(task.id).raw["attachments"]
    assert attachment["size"] == 200_000
    assert attachment["title"] == name.replace("\r\n", "%0D%0A")


def test_a_large_file_needs_no_memory_of_its_size(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, tmp_path: Path
) -> None:
    """It is read while it is sent."""
    task = clickup.tasks.create(list_id, "x")
    with (tmp_path / "core").open("wb+") as file:
        file.truncate(24 * 1024 * 1024)
        body = Multipart({"attachment": ("core", file, "application/octet-stream")})
        tracemalloc.start()
        size = sum(len(chunk) for chunk in body)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (size, most < 1024 * 1024) == (len(body), True)
        body.rewind()
        clickup.attachments.add(task.id, "core", file)
    assert clickup.tasks.get(task.id).raw["attachments"][0]["size"] == 24 * 1024 * 1024


def test_a_file_that_is_added_with_its_size_is_read_back(
    clickup: ClickUp, list_id: str, team_id: str
) -> None:
    """The answer knows how many bytes arrived."""
    task = clickup.tasks.create(list_id, "x")
    attachment = clickup.attachments.add_with_size(team_id, task.id, "loss.csv", b"1,2")
    assert (attachment.title, attachment.size) == ("loss.csv", 3)
    (listed,) = clickup.attachments.of_task(team_id, task.id)
    assert (listed.id, listed.size) == (attachment.id, 3)


def test_tracked_time_is_added_read_and_deleted(
    clickup: ClickUp, list_id: str, team_id: str
) -> None:
    """Of oneself, or of somebody else; a span finds what started in it."""
    task = clickup.tasks.create(list_id, "x")
    me = clickup.authorization.user()
    entry = clickup.time_entries.add(
        team_id, task.id, start_ms=DUE_MS, duration_ms=60_000, user=me.id, note="debugging"
    )
    span = {"since_ms": DUE_MS, "until_ms": DUE_MS}
    (time_entry,) = clickup.time_entries.of_task(team_id, task.id, **span, user=me.id)
    assert (time_entry.id, time_entry.task_id, time_entry.user) == (entry, task.id, me)
    assert (time_entry.start_ms, time_entry.duration_ms, time_entry.description) == (
        DUE_MS,
        60_000,
        "debugging",
    )
    assert clickup.time_entries.of_everybody(task.id) == (replace(time_entry, description=""),)
    assert not clickup.time_entries.of_task(team_id, task.id, since_ms=0, until_ms=1)
    clickup.time_entries.delete(team_id, entry)
    assert not clickup.time_entries.of_task(team_id, task.id, **span)


def test_checklists_are_read_from_the_task(clickup: ClickUp, list_id: str) -> None:
    """There is no call to list them; one can be put above the others."""
    task = clickup.tasks.create(list_id, "x")
    checklist = clickup.checklists.create(task.id, "Roll-out")
    checklist = clickup.checklists.add_item(checklist.id, "canary")
    clickup.checklists.update_item(checklist.id, checklist.items[0].id, resolved=True)
    second = clickup.checklists.create(task.id, "Roll-back")
    clickup.checklists.move(second.id, 0)
    first, read = clickup.checklists.of(clickup.tasks.get(task.id))
    assert first.name == "Roll-back"
    assert (read.name, read.items[0].name, read.items[0].resolved) == ("Roll-out", "canary", True)


def test_docs_and_chat_keep_their_markdown(clickup: ClickUp, team_id: str) -> None:
    """v3: text is sent and read as Markdown; a channel with the same name is the same."""
    doc = clickup.docs.create(team_id, "Runbook", create_page=False)
    page = clickup.docs.add_page(team_id, doc.id, "Rollback", "# How")
    clickup.docs.edit_page(team_id, doc.id, page.id, markdown="\nthen **wait**", mode="append")
    assert "# How" in clickup.docs.page(team_id, doc.id, page.id).content
    assert [entry.name for entry in clickup.docs.pages(team_id, doc.id)] == ["Rollback"]
    channel = clickup.chat.create_channel(team_id, "incidents")
    assert clickup.chat.create_channel(team_id, "incidents").id == channel.id
    message = clickup.chat.send(team_id, channel.id, "**p99** is up")
    clickup.chat.reply(team_id, message.id, "on it")
    assert [
        sent_message.content for sent_message in clickup.chat.messages(team_id, channel.id)
    ] == ["**p99** is up"]
    assert [sent_message.content for sent_message in clickup.chat.replies(team_id, message.id)] == [
        "on it"
    ]


def test_a_conversation_is_the_same_for_the_same_people(
    clickup: ClickUp, clickup_sandbox: Sandbox, team_id: str
) -> None:
    """It can be asked for each time that something is to be said."""
    maria = clickup_sandbox.control.member("Maria").id
    direct = clickup.chat.direct(team_id, [maria])
    assert clickup.chat.direct(team_id, [maria]).id == direct.id
    assert maria in {person.id for person in clickup.chat.members(team_id, direct.id)}
    changed = clickup.chat.update_channel(team_id, direct.id, topic="GPUs")
    assert changed.id == clickup.chat.channel(team_id, direct.id).id == direct.id


def test_a_user_group_is_kept_and_assigned(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str, team_id: str
) -> None:
    """Its members are changed, not replaced, and a task can be given to all of them."""
    ann, ben = (member.id for member in clickup_sandbox.control.members[:2])
    group = clickup.groups.create(team_id, "On call", [ann])
    clickup.groups.update(group.id, members_add=[ben])
    (read,) = clickup.groups.all(team_id)
    assert {person.id for person in read.members} == {ann, ben}
    task = clickup.tasks.create(list_id, "x", groups=[group.id])
    assert [assigned_group["id"] for assigned_group in task.raw["group_assignees"]] == [group.id]
    task = clickup.tasks.update(task.id, groups_rem=[group.id])
    assert task.raw["group_assignees"] == []
    with pytest.raises(InputError, match="nothing to change"):
        clickup.groups.update(group.id)
    clickup.groups.delete(group.id)
    assert clickup.groups.all(team_id) == ()


# Webhooks


def test_a_webhook_is_registered_changed_and_removed(
    clickup: ClickUp, list_id: str, team_id: str
) -> None:
    """The secret comes once; the same endpoint for the same place is refused with its code."""
    hook = clickup.webhooks.create(
        team_id, "https://bot.example/h", ["taskCreated"], list_id=list_id
    )
    assert hook.secret
    assert hook.secret not in repr(hook)
    assert (hook.list_id, hook.health_status, hook.fail_count) == (list_id, "active", 0)
    with pytest.raises(ApiError) as caught:
        clickup.webhooks.create(team_id, "https://bot.example/h", ["taskCreated"], list_id=list_id)
    assert caught.value.code == "OAUTH_171"
    clickup.webhooks.update(hook.id, "https://bot.example/h2", ["taskUpdated"])
    (read,) = clickup.webhooks.list(team_id)
    assert (read.endpoint, read.events) == ("https://bot.example/h2", ("taskUpdated",))
    clickup.webhooks.delete(hook.id)
    assert clickup.webhooks.list(team_id) == ()


@pytest.mark.parametrize(
    ("endpoint", "events", "place"),
    [
        ("bot.example/h", ["taskCreated"], {}),
        ("https://bot.example", [], {}),
        ("https://bot.example", ["taskCreated"], {"list_id": "86abc"}),
    ],
)
def test_a_webhook_that_cannot_work_is_not_sent(
    clickup: ClickUp, team_id: str, endpoint: str, events: list[str], place: dict[str, str]
) -> None:
    """No protocol, no events, or a list id that is no number."""
    with pytest.raises(InputError):
        clickup.webhooks.create(team_id, endpoint, events, **place)  # type: ignore[arg-type]
    assert clickup.calls == 0


# The client itself


def test_lanes_share_connections_budget_and_counts(clickup: ClickUp) -> None:
    """Re-binding is cheap, and every call is counted once, by its route."""
    bulk = clickup.with_priority_class(PriorityClass.BULK)
    bulk.authorization.user()
    clickup.authorization.user()
    assert (bulk.priority_class, clickup.priority_class) == (
        PriorityClass.BULK,
        PriorityClass.INTERACTIVE,
    )
    assert bulk.calls == clickup.calls == 2
    assert clickup.calls_by == {"GET /api/v2/user": 2}
    assert bulk.governor is clickup.governor


@pytest.mark.clickup_sandbox(rate_limit=12, rate_window_s=60)
def test_a_closed_client_leaves_no_call_waiting(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """Pages that were asked for ahead would else hold up the end of the program for a minute."""
    clickup_sandbox.control.add_tasks("Tasks", ({"name": f"{n}"} for n in range(1_500)))
    tasks = clickup.tasks.in_list(list_id)
    for _ in range(1_101):  # twelve pages and the budget are used up, one more is wanted
        next(tasks)
    ahead = [thread for thread in threading.enumerate() if thread.name.startswith("clickup-pages")]
    assert ahead
    clickup.close()
    del tasks
    for thread in ahead:
        thread.join(5)
        assert not thread.is_alive()


def test_a_script_that_uses_the_client_prints_only_its_own_lines(
    clickup_sandbox: Sandbox,
) -> None:
    """What the bot logs of each call is not wanted there."""
    script = "import sys; from clickup_mlops.clickup.client import ClickUp\n"
    script += "print(ClickUp(sys.argv[1], base_url=sys.argv[2]).authorization.user().username)"
    command = [sys.executable, "-c", script, clickup_sandbox.token, clickup_sandbox.url]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("Router Bot\n", "")


def test_names_are_asked_for_before_anything_is_sent(clickup: ClickUp) -> None:
    """An empty name is the caller's mistake."""
    with pytest.raises(InputError, match="name is missing"):
        clickup.tasks.create("1", " ")
    with pytest.raises(InputError, match="name is missing"):
        clickup.spaces.create("1", "")
    assert clickup.calls == 0
