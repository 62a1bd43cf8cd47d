"""An incident's messages in another chat tool: each arrives, once, whatever fails in between."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from clickup_mlops.features.outbound.checks import CHECKS
from clickup_mlops.operations import events, findings
from clickup_mlops.sandbox import Sandbox
from tests.features.outbound.test_post import Listener, listener
from tests.flows.conftest import build, receiving, settings_for
from tests.flows.test_commands import say
from tests.flows.test_incident_moves import end, incident_of, live
from tests.flows.test_integrations import Reporting
from tests.flows.test_resembling_incidents import FIRST, SECOND, THIRD
from tests.ports import BoundPort

__all__ = ["listener"]

TITLE = "Serving: <b> *chat*"
ESCAPED = "Serving: ‹b› \u200b*chat\u200b*"
NAMES = ("live_incident", "incident_elsewhere")


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path, listener: Listener) -> Iterator[Reporting]:
    """Jonas is on call; the space of Google Chat is the listener."""
    port, clock = BoundPort(), clickup_sandbox.control.clock.now_ms
    url = f"http://127.0.0.1:{listener.port}/v1/spaces/A/messages?key=k&token=t"
    chosen = {name: {"mode": "on", "settings": {}} for name in NAMES}
    chosen["incident_elsewhere"]["settings"] = {"to": "oncall"}
    tables: dict[str, Any] = {
        "automations": {"by_name": chosen},
        "people": {"on_call": ["Jonas"]},
        "outbound": {
            "targets": {"oncall": {"kind": "google_chat", "url": url}},
            "allow_hosts": ["127.0.0.1"],
        },
    }
    with ExitStack() as running:
        settings = settings_for(clickup_sandbox, tmp_path, port, **tables)
        bot = running.enter_context(build(settings, clock=clock))
        team = Reporting(clickup_sandbox, bot, clock=clock)
        running.callback(lambda: team.bot.__exit__(None, None, None))
        running.enter_context(receiving(team.receiver, port))
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


def posted(listener: Listener) -> list[tuple[str, str, str]]:
    """Id, thread and text of each request."""
    bodies = [orjson.loads(body) for *_, body in listener.received]
    queries = [parse_qs(urlsplit(path).query) for path, *_ in listener.received]
    return [
        (query["requestId"][0], body["thread"]["threadKey"], body["text"])
        for query, body in zip(queries, bodies, strict=True)
    ]


def test_an_incident_is_one_thread_from_its_beginning_to_its_end(
    team: Reporting, listener: Listener
) -> None:
    """What people say about it is a message of its own; what people wrote makes no mention."""
    task = live(team, TITLE)
    incident = incident_of(team, task)
    say(team, task, "/incident mitigated")
    end(team, task)

    ids, threads, texts = zip(*posted(listener), strict=True)
    assert len(set(ids)) == 3
    assert set(threads) == {incident.id}
    link = f"<https://app.clickup.com/t/{task}|{ESCAPED}>"
    heads = [text.partition("\n")[0] for text in texts]
    assert heads == [f"*Live incident:* {link}"] * 2 + [f"*Resolved:* {link}"]
    assert "Mitigated" in texts[1] and "Mitigated" not in texts[0]
    assert "Jonas Weber" in texts[0]


def test_an_incident_that_was_not_announced_has_no_end(team: Reporting, listener: Listener) -> None:
    """It resembles a live one, and is over or joined before somebody has said that it is another
    outage.
    """
    first, second = live(team, FIRST), live(team, SECOND)
    assert incident_of(team, second).original_id
    team.member.untag(second, "incident")
    team.settle()

    third = live(team, THIRD)
    say(team, third, f"/incident join {first}")

    ((_, thread, _),) = posted(listener)
    assert thread == incident_of(team, first).id


def test_a_joined_incident_says_in_its_thread_where_it_goes_on(
    team: Reporting, listener: Listener
) -> None:
    """Once, whoever reports on it afterwards; the end is that of the other one."""
    tasks = [live(team, TITLE), live(team, "Search has no answers")]
    target, source = (incident_of(team, task) for task in tasks)
    say(team, tasks[1], f"/incident join {tasks[0]}")
    say(team, tasks[1], "/incident mitigated")
    end(team, *tasks)

    *_, last = (text for _, thread, text in posted(listener) if thread == source.id)
    link = f"<https://app.clickup.com/t/{tasks[0]}|{ESCAPED}>"
    assert last == f"*Goes on in another incident:* {link}"
    threads = [thread for _, thread, _ in posted(listener)]
    assert (threads.count(source.id), threads.count(target.id)) == (2, 3)


def test_nothing_is_lost_while_the_tool_is_away_and_the_bot_stops(
    team: Reporting, listener: Listener
) -> None:
    """The same message again, under the same id, before those that came later."""
    listener.statuses = [503, 429]
    task = live(team, TITLE)
    team.restart()
    listener.headers = {"Retry_After": "120"}
    say(team, task, "/incident mitigated")
    team.control.clock.advance(60_000)
    team.settle()
    assert len(listener.received) == 2

    team.restart()
    end(team, task)
    team.control.clock.advance(600_000)
    team.settle()

    texts = [text.splitlines() for *_, text in posted(listener)]
    ids = [delivery for delivery, *_ in posted(listener)]
    *attempts, second, third = ids
    assert listener.statuses == [] and len(attempts) == 3
    assert set(attempts) == {ids[0]} and len({ids[0], second, third}) == 3
    assert "Mitigated" in " ".join(texts[-2]) and texts[-1][0].startswith("*Resolved:*")


def test_a_message_that_was_refused_is_named_by_check(team: Reporting, listener: Listener) -> None:
    """With its target and the reason, without the address, until it was sent again."""
    (before,) = findings.run(team.bot, CHECKS)
    listener.statuses = [404]
    task = live(team, TITLE)
    (note,) = findings.run(team.bot, CHECKS)
    events.replay_parked(team.bot.store, team.bot.now_ms())
    team.settle()
    (after,) = findings.run(team.bot, CHECKS)

    assert (before.state, note.state, after) == ("ok", "note", before)
    refused = "oncall: parked: InputError: webhook to oncall: refused with status 404"
    assert note.text.splitlines()[1:] == [refused]
    assert [text.partition("\n")[0][-len(ESCAPED) - 1 :] for *_, text in posted(listener)] == [
        f"{ESCAPED}>"
    ] * 2
    assert incident_of(team, task).is_open
