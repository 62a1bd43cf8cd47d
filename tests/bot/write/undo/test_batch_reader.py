"""Many tasks at a read for each hundred, whatever happens to them meanwhile."""

from collections.abc import Iterator

import pytest

from clickup_mlops.bot.write.undo.batch_reader import chunks
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox

LIST = "Tasks"


@pytest.fixture
def client(clickup_sandbox: Sandbox) -> Iterator[ClickUp]:
    created = ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url)
    yield created
    created.close()


def test_each_task_comes_once_though_it_is_changed_between_two_pages(
    clickup_sandbox: Sandbox, client: ClickUp
) -> None:
    """A page begins at the time where the last one ended, not at a number."""
    control = clickup_sandbox.control
    tasks = []
    for n in range(25):
        tasks += control.add_tasks(LIST, [{"name": f"{n}.{m}"} for m in range(10)])
        control.clock.advance(1_000)
    member = control.as_user(control.members[1].id)
    control.reset_counts()

    task_ids: list[str] = []
    for chunk in chunks(client.tasks, clickup_sandbox.team_id, tasks, 0):
        task_ids += chunk
        for task_id in [*chunk][:20]:
            member.update(task_id, name="changed")

    assert sorted(task_ids) == sorted(tasks)
    assert control.stats.calls("GET") <= 4


def test_more_than_a_page_in_one_millisecond_is_read_whole(
    clickup_sandbox: Sandbox, client: ClickUp
) -> None:
    """Time alone would never get past them."""
    control = clickup_sandbox.control
    control.clock.freeze()
    tasks = control.add_tasks(LIST, [{"name": f"{n}"} for n in range(230)])
    control.reset_counts()

    chunks_read = [*chunks(client.tasks, clickup_sandbox.team_id, tasks, 0)]

    assert sorted(task_id for chunk in chunks_read for task_id in chunk) == sorted(tasks)
    assert control.stats.calls("GET") <= 4


def test_scattered_tasks_are_read_one_by_one_and_what_is_gone_is_said(
    clickup_sandbox: Sandbox, client: ClickUp
) -> None:
    """A page that shows few of them is not followed by another."""
    control = clickup_sandbox.control
    tasks = control.add_tasks(LIST, [{"name": f"{n}"} for n in range(250)])
    wanted_ids = [tasks[5], tasks[245], tasks[249]]
    client.tasks.delete(tasks[249])
    control.reset_counts()

    by_id: dict[str, object] = {}
    for chunk in chunks(client.tasks, clickup_sandbox.team_id, wanted_ids, 0):
        by_id |= chunk

    assert {*by_id} == {*wanted_ids}
    assert by_id[tasks[249]] is None
    assert control.stats.calls("GET") <= 4
