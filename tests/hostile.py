"""Texts that attackers write, and a store in which every text that is not ours is one of them."""

from typing import Any, Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.metrics.jobs.rollup import rollup
from clickup_mlops.routing.decision import Decision, Workload
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Incoming, Write
from clickup_mlops.store.tables.history import Series
from clickup_mlops.store.tables.metric_values import MetricValue
from clickup_mlops.store.tables.runs import AutomationRun, RunAction
from clickup_mlops.store.tables.timeline import Entry, Kind

HTML: Final = (
    '"\'><img src=x onerror="window.hacked=1"><svg onload=alert(1)></title></style>'
    "</textarea></select><script>alert(1)</script><iframe src=//evil.example></iframe>{{7*7}}"
)
MARKDOWN: Final = (
    "@everyone [@Ana](#user_mention#7) ![x](https://evil.example/p.png) [x](javascript:alert(1))"
    " | <@U1> ``` \n\n# head\n- item\r\n| a | b |"
)
FORMULA: Final = '=HYPERLINK("https://evil.example";"x");@SUM(1)\u202e\x00\x1b[31m\u2028'
EVIL: Final = f"{HTML} {MARKDOWN} {FORMULA}"
ADDRESSES: Final = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://[evil",
    "https://evil\u2100.example/",
    'https://evil.example/"><script>alert(1)</script> | x) \n# y',
    "/do/undo",
    "//evil.example",
)
FAR_MS: Final = (10**16, -(10**16), 253_402_300_799_999)
"""Times that no calendar has."""
_KINDS: Final[tuple[Kind, ...]] = (
    "created", "status", "priority", "comment", "alert", "deployment", "version", "pipeline",
    "advice", "incident",
)  # fmt: skip
_MEASURES: Final = ("link_utilisation_pct", "ecn_marked_pct", "gpu_utilisation_pct", "rail_balance")
_MINUTE: Final = 60_000


def fill(bot: Bot) -> None:
    """Everything that pages and reports read."""
    now, store, place = bot.now_ms(), bot.store, bot.workspace_id
    store.mirror.put_many(place, [task(number, now) for number in range(12)], now)
    for number in range(12):
        _happened(bot, number, now - number * 7 * _MINUTE)
    _measured(bot, now)
    store.flush()


def create_list(sandbox: Sandbox) -> None:
    """One whose name an attacker chose, among those that the bot can be let into."""
    with ClickUp(sandbox.token, base_url=sandbox.url) as client:
        (space, *_) = client.spaces.all(sandbox.team_id)
        client.lists.create(HTML, space_id=space.id)


def task(number: int, now_ms: int) -> dict[str, Any]:
    """As ClickUp sends it."""
    far = FAR_MS[number % len(FAR_MS)]
    link = {"id": "f1", "name": EVIL, "type": "url", "value": ADDRESSES[number % len(ADDRESSES)]}
    text = {"id": "f2", "name": f"Model {HTML}", "type": "short_text", "value": EVIL}
    return {
        "id": f"t{number}",
        "name": f"{FORMULA}{number}{HTML}{MARKDOWN}",
        "url": ADDRESSES[number % len(ADDRESSES)],
        "text_content": f"{EVIL} {' '.join(ADDRESSES)}",
        "status": {"status": EVIL, "type": "open"},
        "assignees": [{"id": 7, "username": EVIL, "email": f"{EVIL}@example.org"}],
        "list": {"id": "55", "name": EVIL},
        "custom_item_id": number % 3,
        "parent": "t1" if number > 6 else None,
        "priority": {"id": "1"},
        "due_date": str(far) if number % 2 else str(now_ms),
        "date_created": str(now_ms - 3 * 86_400_000),
        "date_updated": str(now_ms),
        "custom_fields": [link, text],
        "dependencies": [{"task_id": f"t{number}", "depends_on": "t2", "type": 1}],
        "linked_tasks": [{"task_id": f"t{number}", "link_id": "t3"}],
    }


def _happened(bot: Bot, number: int, at_ms: int) -> None:
    store, task_id, url = bot.store, f"t{number}", ADDRESSES[number % len(ADDRESSES)]
    workload: Workload = ("inference", "training")[number % 4 == 3]
    decision = Decision(task_id, 1, 2, workload, "breach", EVIL, (EVIL,), (EVIL,))
    store.decisions.put(task_id, decision.to_dict(), f"e{number}", at_ms)
    value = {
        "to": EVIL, "type": "open", "state": ("failed", EVIL)[number % 2], "key": EVIL,
        "symptom": "congestion", "where": EVIL, "numbers": {EVIL: 4.2},
    }  # fmt: skip
    entries = [
        Entry(f"{kind}{number}", bot.workspace_id, task_id, at_ms, kind, EVIL, EVIL, url, value)
        for kind in _KINDS
    ]
    store.timeline.put(entries)
    ended = at_ms + _MINUTE if number % 2 else None
    names = {"roles": {EVIL: EVIL}, "people": {EVIL: 7}}
    store.table(Incidents).put(
        Incident(
            f"i{number}", bot.workspace_id, task_id, EVIL, at_ms, ended, EVIL, url, EVIL, names
        )
    )
    actions = (RunAction(EVIL, task_id, EVIL, EVIL),)
    store.runs.put(AutomationRun(EVIL, task_id, f"e{number}", EVIL, at_ms, "failed", actions))
    store.overrides.put(
        task_id, 1, 7, at_ms, at_ms + 9**12, set_by="/priority", user_name=EVIL, because=EVIL
    )
    row = store.journal.begin(Write(task_id, "priority", 3, 2, f"e{number}", EVIL), at_ms)
    store.journal.finish(row, "done", at_ms + 5, calls=[EVIL])
    body = b"{}"
    store.inbox.put(
        Incoming(f"in{number}", EVIL, bot.workspace_id, EVIL, EVIL, None, body, None, at_ms)
    )
    (parked,) = store.inbox.claim(EVIL, "x", at_ms, at_ms + 1, limit=1)
    store.inbox.park(parked.id, EVIL)
    store.inbox.release(EVIL, "x")


def _measured(bot: Bot, now_ms: int) -> None:
    labels = f"host=h{HTML}, device={EVIL}"[:300]
    all_series = [
        Series(bot.workspace_id, HTML[:80], measure, labels, "", "", HTML[:40])
        for measure in _MEASURES
    ]
    all_series += [
        Series(
            bot.workspace_id,
            EVIL[:90],
            f"{name} {EVIL}"[:200],
            labels,
            f"t{number}",
            f"{name} {HTML}",
            HTML[:40],
        )
        for number in range(4)
        for name in ("P99 latency", "Error rate", "Accuracy", "requests/s", "queue", "Cost")
    ]
    times = range(now_ms - 70 * _MINUTE, now_ms, _MINUTE)
    bot.store.history.put([(series, at, float(at % 97)) for series in all_series for at in times])
    rollup(bot.store, bot.settings.retention, now_ms)
    bot.store.metric_values.put_many(
        MetricValue(
            f"t{n}", "f", bot.workspace_id, EVIL, 1.5, EVIL, EVIL, EVIL, EVIL, now_ms, now_ms
        )
        for n in range(4)
    )
