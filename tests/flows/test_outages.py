"""PostgreSQL, or the broker, goes away and comes back while `serve` runs: it waits and goes on."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from tests.flows.conftest import EXAMPLES, INFERENCE, LIST, build, settings_for, until
from tests.flows.own_services import RedisServer, Served, own_redis, served
from tests.own_postgres import PostgresServer, own_postgres

pytestmark = [
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    # Deliveries come again for longer than an outage lasts, as ClickUp's do.
    pytest.mark.clickup_sandbox(rate_limit=0, retry_spacing_s=(0.5, 3.0, 10.0, 20.0)),
]

AWAY_S = 8


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with own_postgres() as server:
        yield server


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with own_redis(tmp_path) as redis:
        yield redis


@pytest.fixture(params=["threads", "celery", "procrastinate"])
def engine(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of each engine."""
    more = {}
    if request.param == "celery":
        more = {"ENGINE__BROKER_URL": request.getfixturevalue("redis").url}
    return {"ENGINE__KIND": request.param, "ENGINE__LEASE": "5", **more}


def test_a_start_without_postgresql_waits_for_it(
    clickup_sandbox: Sandbox, server: PostgresServer, engine: dict[str, str], tmp_path: Path
) -> None:
    """Alive, not ready, with the reason; deliveries are told to come again; then it begins."""
    url = server.create(f"start_{engine['ENGINE__KIND']}")
    server.stop()
    with served(clickup_sandbox, tmp_path, url, **engine) as bot, ExitStack() as back:
        back.callback(server.start)
        until(bot.alive)
        response = bot.get("/readyz")
        assert response.status_code == 503
        assert "Connection refused" in response.json()["checks"]["store"]
        assert "clickup_mlops_store_up 0.0" in bot.get("/metrics").text
        assert bot.deliver() == 503
        assert bot.get("/hooks/in/anything").status_code == 405
        time.sleep(3)
        back.close()
        until(bot.ready, 30)
        (task,) = make(clickup_sandbox, 1)
        until(lambda: task in writes(clickup_sandbox))
        assert bot.end() == 0
    (line,) = [line for line in lines(bot) if line["event"] == "store_unavailable"]
    assert "PostgreSQL running" in line["hint"]
    must_be_clean(bot)


def test_a_bot_that_waits_for_postgresql_stops_when_told(
    clickup_sandbox: Sandbox, server: PostgresServer, tmp_path: Path
) -> None:
    """At once, with exit code 0."""
    url = server.url().replace(f":{server.port}/", ":1/")
    with served(clickup_sandbox, tmp_path, url) as bot:
        until(bot.alive)
        began = time.monotonic()
        assert bot.end() == 0
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("overrides", "message", "hint"),
    [
        ({"password": "hunter23"}, "password authentication failed", "user and password"),
        ({"user": "nobody"}, "password authentication failed", "user and password"),
        ({"database": "nowhere"}, 'database "nowhere" does not exist', "createdb"),
        ({"user": "guest"}, 'role "guest" is not permitted to log in', "createuser"),
        ({"database": "newer"}, "a newer clickup-mlops made the tables", "upgrade"),
    ],
    ids=["password", "user", "database", "login", "newer"],
)
def test_what_only_a_person_can_mend_ends_it_at_once(
    clickup_sandbox: Sandbox,
    server: PostgresServer,
    tmp_path: Path,
    overrides: dict[str, str],
    message: str,
    hint: str,
) -> None:
    """In words with a hint, without traceback and password."""
    server.sql("drop role if exists guest; create role guest nologin password 'hunter22'")
    if overrides.get("database") == "newer":
        with Store.open(server.create("newer")) as store, store.engine.begin() as connection:
            connection.exec_driver_sql("insert into alembic_version values ('9999_future')")

    with served(clickup_sandbox, tmp_path, server.url(**overrides)) as bot:
        assert bot.process.wait(30) == 1

    assert message in bot.output
    assert hint in bot.output.partition("Hint: ")[2]
    assert "hunter2" not in bot.output
    assert "Traceback" not in bot.output


def test_a_restart_of_postgresql_loses_nothing_and_doubles_nothing(
    clickup_sandbox: Sandbox, server: PostgresServer, engine: dict[str, str], tmp_path: Path
) -> None:
    """Tasks made before, while and after it is away each get their priority exactly once."""
    url = server.create(f"restart_{engine['ENGINE__KIND']}")
    with served(clickup_sandbox, tmp_path, url, **engine) as bot, ExitStack() as back:
        tasks = begin(clickup_sandbox, bot)
        tasks += make(clickup_sandbox, 10)
        server.stop("immediate")
        back.callback(server.start)
        tasks += make(clickup_sandbox, 5)
        until(lambda: not bot.ready())
        assert "Connection refused" in bot.get("/readyz").json()["checks"]["store"]
        assert "clickup_mlops_store_up 0.0" in bot.get("/metrics").text
        time.sleep(AWAY_S)
        assert bot.alive()
        back.close()
        until(bot.ready)
        tasks += make(clickup_sandbox, 5)
        until(lambda: writes(clickup_sandbox).keys() >= set(tasks), 60)
        time.sleep(2)  # anything that would be done twice is done by now
        assert bot.end() == 0
    assert writes(clickup_sandbox) == Counter(tasks)
    with Store.open(url) as store:
        assert store.inbox.depth(0).parked == 0
        assert store.audit.verify().problem == ""
    must_be_clean(bot)
    line_counts = Counter(line["event"] for line in lines(bot))
    assert (line_counts["store_unavailable"], line_counts["store_available"]) == (1, 1)


def test_a_postgresql_that_became_read_only_is_no_store(
    clickup_sandbox: Sandbox, server: PostgresServer, tmp_path: Path
) -> None:
    """As after a failover: readiness, deliveries and the metric with the alert say the same."""
    url = server.create("read_only")
    with served(clickup_sandbox, tmp_path, url) as bot:
        until(bot.ready, 60)
        server.sql("alter database read_only set default_transaction_read_only = on")
        server.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'read_only'"
        )
        until(lambda: not bot.ready(), 30)
        assert "clickup_mlops_store_up 0.0" in bot.get("/metrics").text
        server.sql("alter database read_only reset default_transaction_read_only")
        server.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'read_only'"
        )
        until(bot.ready, 30)
        assert "clickup_mlops_store_up 1.0" in bot.get("/metrics").text


def test_a_restart_of_the_broker_loses_nothing_and_doubles_nothing(
    clickup_sandbox: Sandbox, server: PostgresServer, redis: RedisServer, tmp_path: Path
) -> None:
    """What was in the broker is dispatched again; meanwhile deliveries are taken."""
    url = server.create("broker")
    celery = {"ENGINE__KIND": "celery", "ENGINE__BROKER_URL": redis.url}
    with served(clickup_sandbox, tmp_path, url, **celery) as bot, ExitStack() as back:
        tasks = begin(clickup_sandbox, bot)
        tasks += make(clickup_sandbox, 10)
        redis.stop()
        back.callback(redis.start)
        tasks += make(clickup_sandbox, 5)
        until(lambda: "clickup_mlops_engine_up 0.0" in bot.get("/metrics").text)
        assert bot.ready()
        (note,) = bot.get("/readyz").json()["notes"]
        assert note.startswith("celery: events wait: ")
        time.sleep(AWAY_S)
        back.close()
        tasks += make(clickup_sandbox, 5)
        until(lambda: writes(clickup_sandbox).keys() >= set(tasks), 60)
        assert "clickup_mlops_engine_up 1.0" in bot.get("/metrics").text
        assert bot.get("/readyz").json()["notes"] == []
        time.sleep(2)
        assert bot.end() == 0
    assert writes(clickup_sandbox) == Counter(tasks)


def test_processes_that_start_together_on_an_empty_database_all_run(
    clickup_sandbox: Sandbox, server: PostgresServer, engine: dict[str, str], tmp_path: Path
) -> None:
    """Tables, those of the engine too, are made once, and so is the webhook."""
    url = server.create(f"together_{engine['ENGINE__KIND']}")
    with ExitStack() as running:
        first = running.enter_context(served(clickup_sandbox, tmp_path, url, **engine))
        bots = [first] + [
            running.enter_context(
                served(clickup_sandbox, tmp_path, url, public=first.port, **engine)
            )
            for _ in range(3)
        ]
        for bot in bots:
            until(bot.ready, 60)
        tasks = begin(clickup_sandbox, first)
        assert len(clickup_sandbox.control.world.webhooks) == 1
        assert [bot.end() for bot in bots] == [0] * 4
    assert writes(clickup_sandbox) == Counter(tasks)
    for bot in bots:
        must_be_clean(bot)


def test_what_was_due_while_postgresql_was_away_is_made_up_for_once(
    clickup_sandbox: Sandbox, server: PostgresServer, tmp_path: Path
) -> None:
    """An automation's hour that fell into the outage, and the rounds of the jobs."""
    clock = clickup_sandbox.control.clock
    automation = """summary = "weekly"\nschedule = { cron = "0 9 * * 1" }\nper = "workspace"
when = "true"\ndo = [{ action = "post_chat", channel = "general", text = "hello" }]\n"""
    (tmp_path / "weekly.toml").write_text(automation + EXAMPLES)
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        1,
        store={"url": server.create("due")},
        automations={"folder": str(tmp_path)},
    )
    with build(settings, clock=clock.now_ms) as bot:
        timers = bot.scheduler.timers
        bot.sources.schedules.catch_up()
        clock.advance(
            bot.sources.schedules.automations[0].schedule.next_ms(bot.now_ms()) - bot.now_ms()
        )
        server.stop()
        try:
            for timer in timers:
                bot.scheduler.run(timer)
        finally:
            server.start()
        clock.advance(20_000)
        for _ in range(2):
            bot.scheduler.catch_up()

        rows = Counter(row.lane for row in bot.inbox.list("ready", 99))
    jobs = ("backfill", "heal", "prune", "reevaluate")
    assert rows == Counter(["schedule:weekly", *(f"cron:{job}" for job in jobs)])


def begin(sandbox: Sandbox, bot: Served) -> list[str]:
    """Wait until the bot handles tasks; the first one."""
    until(bot.ready, 60)
    until(lambda: sandbox.control.world.webhooks)
    tasks = make(sandbox, 1)
    until(lambda: writes(sandbox))
    return tasks


def make(sandbox: Sandbox, count: int) -> list[str]:
    """Tasks that get a priority each."""
    member = sandbox.control.as_user(sandbox.control.members[1].id)
    return [member.create_task(LIST, f"{INFERENCE} {n}") for n in range(count)]


def writes(sandbox: Sandbox) -> Counter[str]:
    """How often the bot wrote the priority of each task."""
    bot = sandbox.control.members[0].id
    return Counter(write.task_id for write in sandbox.control.writes(field="priority", actor=bot))


def lines(bot: Served) -> list[dict[str, str]]:
    """What it said, line by line."""
    return [json.loads(line) for line in bot.output.splitlines() if line.startswith("{")]


def must_be_clean(bot: Served) -> None:
    """No traceback, no password, no flood."""
    log_lines = lines(bot)
    ours = [line for line in log_lines if "exception" in line and "logger" not in line]
    assert ours == []
    assert "hunter22" not in bot.output
    assert sum(line["level"] in ("warning", "error") for line in log_lines) < 60
