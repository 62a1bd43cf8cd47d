"""Use cases that need a store only, called as a page would call them."""

from pathlib import Path

import pytest

from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.receive.retention import RetentionSettings
from clickup_mlops.bot.settings import Settings
from clickup_mlops.bot.write.undo.undoing import Undone
from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.features.corrections import mutes
from clickup_mlops.features.simulation.operations.what_if import policy
from clickup_mlops.features.undo.operations import effects
from clickup_mlops.operations import events, opening, settings_file, times
from clickup_mlops.operations.backfill import backfill
from clickup_mlops.operations.check import check
from clickup_mlops.operations.prune import prune
from clickup_mlops.operations.why import why
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from tests.empty import store_at
from tests.store.store_events import event

DAY_MS = 86_400_000
NOW_MS = 1_795_680_000_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(store_at(tmp_path / "bot.db"))


def test_pruning_says_what_it_deleted(store: Store) -> None:
    """A dry run counts the same rows."""
    store.inbox.put(event("old"))
    (row,) = store.inbox.claim("t1", "me", 2_000, 99_000, limit=1)
    store.inbox.finish("t1", "me", [row.id], 2_000, 99_000, limit=1)
    retention_settings = RetentionSettings()

    counted = prune(store, retention_settings, NOW_MS, dry=True)
    deleted = prune(store, retention_settings, NOW_MS)

    assert set(counted) == set(deleted)
    assert {deletion.kind: deletion.rows for deletion in deleted}["events"] == 1
    assert all(deletion.before_ms < NOW_MS for deletion in deleted)


def test_replaying_tells_known_from_unknown(store: Store) -> None:
    """Only what is there is handled again."""
    store.inbox.put(event("a"))

    replay = events.replay(store, [1, 77], NOW_MS)

    assert (replay.replayed, replay.unknown) == ((1,), (77,))
    with pytest.raises(InputError, match="no event 77"):
        events.event(store, 77)


def test_ending_a_mute_of_an_unknown_automation_is_refused(store: Store) -> None:
    """With the nearest name; of a known one it ends nothing."""
    automations_settings = AutomationsSettings()
    with pytest.raises(InputError) as refused:
        mutes.end(store, automations_settings, "inference_frist", None, NOW_MS)

    assert 'Did you mean "inference_first"?' in refused.value.hint
    assert mutes.end(store, automations_settings, "inference_first", None, NOW_MS) == []


def test_nothing_known_about_a_task_is_an_error(store: Store) -> None:
    """An explanation of nothing would mislead."""
    with pytest.raises(InputError, match="86abc"):
        why(store, Settings.model_construct().routing, "86abc", NOW_MS)


def test_effects_of_an_undo_are_counted_by_automation() -> None:
    """Each task once; the latest end counts."""
    outcome = [
        Undone(1, "t1", "a", "undone", "", muted={"a": 5}, keeps=1, until_ms=9),
        Undone(2, "t1", "a", "undone", "", muted={"a": 7}),
        Undone(3, "t2", "a", "undone", "", muted={"a": 6}, unmuted=("b",)),
    ]

    result = effects(outcome)

    assert result.muted == {"a": (7, 6)}
    assert result.holds == (9,)
    assert result.unmuted == {"b": 1}


def test_a_check_finds_without_printing(bot: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings come one by one."""
    states = {result.check: result.state for result in check(bot)}

    assert (states["token"], states["workspace"], states["webhook"]) == ("ok", "ok", "note")
    assert capsys.readouterr().out == ""


def test_a_backfill_returns_the_tasks(bot: Bot, clickup_sandbox: Sandbox) -> None:
    """Those with a priority are kept for now."""
    (task,) = clickup_sandbox.control.add_tasks("Tasks", [{"name": "t", "priority": 1}])

    result = backfill(bot, since_ms=0)

    assert task in result.tasks
    assert result.held >= 1


def test_a_store_that_no_bot_made_is_an_error(tmp_path: Path) -> None:
    """And is not created."""
    url = f"sqlite:///{tmp_path / 'none.db'}"
    settings = Settings(store={"url": url})

    with pytest.raises(ConfigError, match="there is no database"):
        opening.open_store(settings)

    assert not (tmp_path / "none.db").exists()


def test_a_policy_is_tried_with_changes(tmp_path: Path) -> None:
    """A wrong value is named as it was given."""
    file = tmp_path / "config.toml"
    file.write_text("")

    assert policy(file, ["routing.urgent_cap.share=0.25"]).urgent_cap.share == 0.25
    with pytest.raises(ConfigError, match="--set routing"):
        policy(file, ["routing.urgent_cap.share=lots"])


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2h", NOW_MS - 7_200_000),
        ("7d", NOW_MS - 7 * DAY_MS),
        ("2026-11-01", 1_793_491_200_000),
        ("2026-11-01T00:00+01:00", 1_793_487_600_000),
        (" 2026-11-01 ", 1_793_491_200_000),
        ("0001-01-01", 0),
        (None, None),
    ],
)
def test_times_as_people_give_them(text: str | None, ms: int | None) -> None:
    """Ago, or a date in UTC unless it says otherwise."""
    assert times.moment("--since", text, NOW_MS) == ms


def test_a_file_to_start_from_holds_the_answers() -> None:
    """Empty ones are left out; text is quoted."""
    document = settings_file.document({("clickup", "workspace_id"): 'a"b', ("hooks", "url"): ""})

    assert document.splitlines()[2:] == ["[clickup]", 'workspace_id = "a\\"b"']
