"""A whole day of a team, judged by what is in ClickUp in the evening, not by what the bot says."""

from collections import Counter
from collections.abc import Iterator

import pytest

from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.operations.why import why
from clickup_mlops.sandbox import running
from tests.flows.day import PEOPLE, Day, a_day, play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

FOREVER = 2**60


@pytest.fixture(scope="module", params=["quiet", "rough", "rougher"])
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Six o'clock. On a rough day the bot was killed at several of its writes, deliveries came
    twice and out of order, and calls failed.
    """
    folder, is_rough = tmp_path_factory.mktemp("day"), request.param != "quiet"
    with (
        running(seed="demo", rate_limit=0, retry_spacing_s=(0.05,)) as sandbox,
        a_day(sandbox, folder, seed=len(request.param)) as day,
    ):
        play(day, is_rough=is_rough)
        assert (day.kills > 0) == is_rough
        yield day


def incidents(day: Day) -> list[Incident]:
    """All incidents of the day, oldest first."""
    return day.bot.store.table(Incidents).between(day.sandbox.team_id, 0, FOREVER)


def incidents_of(day: Day, outage: list[str]) -> set[str]:
    """The incidents in which the tasks about an outage were."""
    tasks = {day.task_named(name) for name in outage}
    return {
        incident.id
        for incident in incidents(day)
        if tasks
        & {
            incident_task.task_id
            for incident_task in day.bot.store.table(Incidents).tasks(incident.id)
        }
    }


def rooms(day: Day) -> dict[str, list[str]]:
    """The bot's messages by the name of the channel."""
    names = {channel.id: channel.name for channel in day.sandbox.world.channels}
    messages: dict[str, list[str]] = {name: [] for name in names.values()}
    for message in day.sandbox.world.messages:
        messages[names[message.channel_id]].append(message.content)
    return messages


def test_each_outage_is_one_incident(day: Day) -> None:
    """However many alerts and people report it, and whichever comes first."""
    ids = [incidents_of(day, outage) for outage in day.record.outages]

    assert [len(task_id) for task_id in ids] == [1] * len(ids)
    assert len(set.union(*ids)) == len(ids)


def test_an_incident_has_one_of_everything(day: Day) -> None:
    """Room, call, post-mortem and each follow-up task."""
    names = Counter(task.name for task in day.control.tasks)
    reviewed = [
        incident
        for incident in incidents(day)
        if names[f"Finish the post-mortem: {incident.title}"]
    ]
    messages = rooms(day)

    assert sorted(name for name in messages if name.startswith("incident-")) == sorted(
        incident.room for incident in incidents(day)
    )
    for incident in incidents(day):
        calls = [text for text in messages[incident.room] if "https://meet.example.org/" in text]
        assert len(calls) == 1
    for incident in reviewed:
        assert names[f"Finish the post-mortem: {incident.title}"] == 1
        assert names[f"What would have shortened it: {incident.title}"] == 1
    assert len(reviewed) == len(day.record.outages)
    docs = [doc for doc in day.sandbox.world.docs if doc.name == "Post-mortems"]
    assert len(docs) == 1
    pages = day.bot.client.docs.texts(day.sandbox.team_id, docs[0].id)
    assert (
        len([page for page in pages if any(incident.id in page.name for incident in reviewed)]) == 2
    )


def test_no_incident_opens_again(day: Day) -> None:
    """Each began once, is over, and left no tag; the afternoon was quiet."""
    entries = day.bot.store.timeline
    for incident in incidents(day):
        states = Counter(
            entry.value["to"]
            for incident_task in day.bot.store.table(Incidents).tasks(incident.id)
            for entry in entries.of_task(incident_task.task_id, 0, FOREVER)
            if entry.kind == "incident" and entry.value.get("incident") == incident.id
        )
        assert (states["opened"], states["closed"]) == (1, 1)
        assert not incident.is_open
    assert not [task.name for task in day.control.tasks if "incident" in task.tags]


def test_what_people_chose_last_is_there(day: Day) -> None:
    """Priorities, also cleared ones, and tags that they removed."""
    for task, priority in day.record.priorities.items():
        assert day.priority(task) == priority, day.control.task(task)["name"]
    for task, tag in day.record.removed_tags:
        assert tag not in {tag["name"] for tag in day.control.task(task)["tags"]}


def test_every_other_priority_is_the_policy_s(day: Day) -> None:
    """What was decided last is what stands in ClickUp, and `why` has the true reasons."""
    store, policy = day.bot.store, day.bot.settings.routing
    for task in day.control.tasks:
        row = store.decisions.latest(task.id)
        if row is None or task.id in day.record.priorities:
            continue
        text = why(store, policy, task.id, day.bot.now_ms()).text()
        assert row.body["priority"] == day.priority(task.id), f"{task.name}: {text}"
        assert ('tag "incident"' in text) == ("incident" in task.tags), f"{task.name}: {text}"


def test_the_task_of_an_outage_that_is_over_is_not_urgent(day: Day) -> None:
    """Neither because of its text, nor because of an alert that is resolved."""
    for outage in day.record.outages:
        for task in map(day.task_named, outage):
            raw = day.control.task(task)
            is_closed = raw["status"]["type"] == "closed"  # those are left as they were
            assert is_closed or day.priority(task) != 1, raw["name"]


def test_what_a_person_said_is_no_incident_is_none(day: Day) -> None:
    """Its text says so still; the tag that the person removed is what counts."""
    tasks = [task for task, tag in day.record.removed_tags if tag == "incident"]

    assert tasks
    assert [day.priority(task) for task in tasks if day.priority(task) == 1] == []


def test_nothing_is_said_twice(day: Day) -> None:
    """No comment of the bot has the same mark as another one on the task."""
    bot = day.control.members[0].id
    marks = Counter(
        (comment.on_id, comment.text.strip().splitlines()[-1])
        for comment in day.sandbox.world.comments
        if comment.user_id == bot
    )

    assert [mark for mark, times in marks.items() if times > 1] == []


def test_what_happened_while_webhooks_were_lost_is_seen(day: Day) -> None:
    """A task that was created meanwhile is decided, a comment is in the timeline."""
    task = day.task_named("Distil the 7B student again")
    assert day.bot.store.decisions.latest(task) is not None
    service = day.task_named("Canary roll-out of chat 3.2")
    texts = [entry.text for entry in day.bot.store.timeline.of_task(service, 0, FOREVER)]
    assert any("Traffic is back" in text for text in texts)


def test_nobody_is_notified_more_than_ten_times(day: Day) -> None:
    """Comments on what they watch, and messages that mention them or are in their room."""
    counts = {name: notifications(day, name) for name in PEOPLE}
    assert {name: texts for name, texts in counts.items() if len(texts) > 10} == {}


def notifications(day: Day, name: str) -> list[str]:
    """What ClickUp tells a person of what the bot wrote: edits notify nobody."""
    user, bot = day.control.member(name).id, day.control.members[0].id
    comments = [
        comment.text
        for comment in day.sandbox.world.comments
        if comment.on == "task"
        and comment.user_id == bot
        and user
        in {*day.control.find(comment.on_id).watchers, *day.control.find(comment.on_id).assignees}
    ]
    mentions = [
        message.content
        for message in day.sandbox.world.messages
        if message.user_id == bot and f"#user_mention#{user}" in message.content
    ]
    leads = {incident.room for incident in incidents(day) if name in incident.lead}
    mine = [text for room, texts in rooms(day).items() if room in leads for text in texts]
    return [*comments, *dict.fromkeys([*mentions, *mine])]
