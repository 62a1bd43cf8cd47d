"""What strangers wrote is printed as text: a terminal obeys none of it."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from clickup_mlops.ports.cli import output
from clickup_mlops.store import Incoming, Store, Write
from clickup_mlops.store.tables.runs import AutomationRun, RunAction
from tests.interfaces.cli.conftest import Cli

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b8m\r\x1b[8m\u202ehidden\u2066\x00"
SHOWN = "\\u001b]0;owned\\u0007\\u001b[2J\\u009b8m\\u000d\\u001b[8m\\u202ehidden\\u2066\\u0000"


@pytest.fixture
def store(cli: Cli, tmp_path):
    """A database with such texts in events, errors and the audit."""
    with Store.open(f"sqlite:///{tmp_path / 'clickup-mlops.db'}") as store:
        clean = EVIL.replace("\x00", "")  # PostgreSQL takes no such text, and neither does SQLite's
        event = Incoming("k", "hook", "9", clean, "t", None, b'"\x1b[2J"', 1, 1)
        store.inbox.put(event)
        store.inbox.park(1, clean)
        actions = (RunAction("comment", "t", clean, "refused", clean),)
        store.runs.put(AutomationRun("a", "t", "k", clean, 1, "failed", actions))
        row = store.journal.begin(Write("t", "comment", None, clean, clean, clean), 1)
        store.journal.finish(row, "done", 2)
        yield store


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "list"),
        ("audit", "list", "--json"),
        ("audit", "show", "1"),
        ("events", "list"),
        ("events", "show", "1"),
        ("automations", "runs"),
    ],
)
def test_no_list_prints_escape_sequences(cli: Cli, store: Store, words: tuple[str, ...]) -> None:
    """For people and for programs."""
    out = cli(*words).out
    assert not set(out) & set("\x00\x07\x1b\x9b\r\u202e\u2066")
    assert "owned" in out


def test_an_error_prints_no_escape_sequences(cli: Cli) -> None:
    """A file's name, for example."""
    assert "\x1b" not in cli("audit", "list", "--config", "\x1b[2J.toml").err


def test_colours_of_commands_stay() -> None:
    """And nothing else that begins alike."""
    stream = io.StringIO()
    output.Visible(stream).write(f"\x1b[31mred\x1b[0m {EVIL}\n")
    assert stream.getvalue() == f"\x1b[31mred\x1b[0m {SHOWN}\n"


@pytest.mark.parametrize("words", [("check",), ("check", "--json"), ("doctor",)])
def test_passwords_in_addresses_are_not_printed(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Of the database, ClickUp and the bot itself; as they are and decoded, in a query too."""
    settings = {
        "CLICKUP__TOKEN": "pk_1_ABCDEFGHIJ",
        "CLICKUP__BASE_URL": "http://user:base%2Fsecret@127.0.0.1:9",
        "HOOKS__PUBLIC_URL": "http://user:public-secret@127.0.0.1:9/hooks/clickup",
        "STORE__URL": "postgresql+psycopg://127.0.0.1:9/x?user=a&password=store+secret&connect_timeout=1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"CLICKUP_MLOPS_{name}", value)
    ran = cli(*words)
    for secret in ("base%2Fsecret", "base/secret", "public-secret", "store+secret", "store secret"):
        assert secret not in ran.out + ran.err


LONG = "a reason that is longer than any terminal is wide, " * 9


def test_for_a_program_each_row_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is wrapped, and no blanks stand at the end of a line."""
    output.table(("a", "b"), [("1", "x"), ("2", LONG.strip())])

    assert capsys.readouterr().out == f"a  b\n1  x\n2  {LONG.strip()}\n"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 40 characters."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(output, "_PIPED_WIDTH", 40)


@pytest.mark.usefixtures("narrow")
def test_a_table_that_does_not_fit_is_printed_row_by_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A time or an id stays in one piece, to be copied; cells that are empty are left out."""
    key, at = "backfill:86dd60ddz:1795824051964", "2026-11-28T05:01:19+00:00"

    output.table(("key", "at", "error"), [(key, at, ""), (key, at, "full")], title="Events")

    first = f"key    {key}\nat     {at}\n"
    assert capsys.readouterr().out == f"Events\n{first}\n{first}error  full\n"


@pytest.mark.usefixtures("narrow")
def test_a_table_of_texts_is_wrapped_between_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is cut off, and no word is broken."""
    summary = "Creates one incident task for each alert, however often it fires."

    output.table(("name", "summary"), [("alert_incident", summary)])

    out = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert all(len(line) <= 40 for line in out.splitlines())
    assert out.split() == ["name", "summary", "alert_incident", *summary.split()]


@given(
    st.lists(st.lists(st.text("ab 界", max_size=60), min_size=1), min_size=1, max_size=8),
    st.integers(1, 200),
)
def test_columns_fill_no_more_than_the_terminal(columns: list[list[str]], width: int) -> None:
    """And each is as wide as its longest word, up to that of an id."""
    widths = output.fitting(columns, width)

    if widths:
        assert sum(widths) + 2 * (len(columns) - 1) <= width
        for cells, wide in zip(columns, widths, strict=True):
            assert wide >= max((min(36, cell_len(w)) for c in cells for w in c.split()), default=0)


def test_an_empty_list_says_so(cli: Cli, store: Store) -> None:
    """In words, where only a head would stand."""
    assert cli("events", "list", "--state", "ready").out == "No event matches.\n"
    assert cli("audit", "list", "--task", "other").out == "No change matches.\n"
    assert cli("events", "list", "--state", "ready", "--json").out == '{"events": []}\n'
