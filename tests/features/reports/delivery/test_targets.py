"""What targets plan, as values."""

import os
import re
import stat
import sys
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import InputError
from clickup_mlops.features.reports.delivery.model import Delivery, File, Mail, Write
from clickup_mlops.features.reports.delivery.sender import write_file
from clickup_mlops.features.reports.delivery.settings import ReportSettings, kinds
from clickup_mlops.features.reports.delivery.shorten import REST, shortened
from clickup_mlops.features.reports.delivery.targets import mail
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.store.journal_rows import JournalRow
from clickup_mlops.views.model import Chart, Line, Section
from tests.features.reports.delivery.maker import SmallMaker

PERIOD = SmallMaker().named("weekly", "2026-W48", "UTC")


def planned(table: dict[str, Any], last: JournalRow | None = None, text: str = "") -> list[Any]:
    """What the target plans for the report of a week."""
    maker = SmallMaker()
    if text:
        maker.numbers["2026-W48"] = text
    report = maker.build(Subject(PERIOD), ())
    delivery = Delivery(
        "weekly",
        "target",
        report,
        lambda form: maker.render(report, form),
        lambda _task, _kind: last,
        now_ms=1_795_000_000_000,
        sender="Bot <bot@example.org>",
    )
    options = ReportSettings.model_validate({"targets": {"target": table}}).targets["target"]
    return [*kinds()[options.kind].plan(delivery, options)]


def make_done_row(write: Write, receipt: str) -> JournalRow:
    """The journal's row of a write that was done."""
    change = write.change
    return JournalRow(
        write.task_id,
        change.kind,
        change.before,
        change.after,
        "cause",
        "report:weekly",
        id=1,
        begun_ms=1_000,
        finished_ms=2_000,
        outcome="done",
        receipt=receipt,
    )


def test_the_same_text_is_not_written_again_and_another_text_in_its_place() -> None:
    for table in (
        {"kind": "doc"},
        {"kind": "chat", "channel": "ops"},
        {"kind": "comment", "task": "#86abc"},
    ):
        (first,) = planned(table)
        assert first.change.before is None

        last = make_done_row(first, "7")
        assert planned(table, last) == []
        (again,) = planned(table, last, "2 deployments")
        assert (again.change.kind, again.change.before["id"]) == (first.change.kind, "7")
        (third,) = planned(table, make_done_row(again, "7"), "3 deployments")
        assert third.change.before["at_ms"] == 1_000  # when the thing itself was made


def test_another_channel_gets_a_message_of_its_own() -> None:
    (first,) = planned({"kind": "chat", "channel": "ops"})
    (moved,) = planned({"kind": "chat", "channel": "serving"}, make_done_row(first, "7"))

    assert moved.change.before is None


def test_a_task_is_named_by_id_or_address() -> None:
    for task in ("86abc", "#86abc", "https://app.clickup.com/t/86abc?x=1"):
        (write,) = planned({"kind": "comment", "task": task})
        assert write.task_id == "86abc"


def test_files_stay_in_their_folder(tmp_path: Path) -> None:
    files = planned({"kind": "file", "folder": str(tmp_path), "formats": ["html", "json"]})

    assert all(isinstance(file, File) for file in files)
    assert [file.path for file in files] == [
        tmp_path / "weekly-2026-W48.html",
        tmp_path / "weekly-2026-W48.json",
    ]


def test_who_may_read_a_file_is_for_the_umask_to_say(tmp_path: Path) -> None:
    """As the shipped unit sets it: the bot's user alone."""
    before = os.umask(0o077)
    try:
        write_file(tmp_path / "week.html", b"names of tasks")
    finally:
        os.umask(before)
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_could_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    """Such as where a folder has the file's name: each new try would add a hidden file."""
    (tmp_path / "week.html").mkdir()

    with pytest.raises(InputError, match="cannot be written"):
        write_file(tmp_path / "week.html", b"names of tasks")

    assert [path.name for path in tmp_path.iterdir()] == ["week.html"]


def mail_of(*charts: Chart) -> EmailMessage:
    """An e-mail with these charts, as a mail program reads it."""
    report = Report("Week", PERIOD, (Section("a", "A", charts),))
    delivery = Delivery(
        "weekly", "us", report, lambda _form: b"text", lambda _task, _kind: None, now_ms=0,
        sender="bot@example.org",
    )  # fmt: skip
    options = mail.Options(kind="mail", receivers=("ada@example.org",))
    (planned,) = mail.plan(delivery, options)
    assert isinstance(planned, Mail)
    raw = planned.message.as_bytes(policy=policy.SMTP)
    return message_from_bytes(raw, policy=policy.SMTP)  # type: ignore[return-value]


def page_of(message: EmailMessage) -> str:
    """Its HTML."""
    html_part = next(part for part in message.walk() if part.get_content_type() == "text/html")
    return str(html_part.get_content())


CHART = Chart("p99", "P99", "ms", 0, 3_600_000, (Line("ranker", ((0, 1.0), (60_000, 417.0))),))


def test_charts_of_an_email_are_pictures_within_it() -> None:
    """PNG, which mail programs show, each where the page names it; the same one is there once."""
    pytest.importorskip("resvg_py")
    message = mail_of(CHART, replace(CHART, key="again"), replace(CHART, unit="s"))

    kinds_ = [part.get_content_type() for part in message.walk()]
    assert kinds_ == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "image/png",
    ]  # fmt: skip
    pictures = {
        part["Content-ID"].strip("<>"): part.get_content()
        for part in message.walk()
        if part.get_content_type() == "image/png"
    }
    assert all(picture.startswith(b"\x89PNG") for picture in pictures.values())
    page = page_of(message)
    named = re.findall('<img src="cid:([^"]+)"', page)
    assert len(named) == 3 and {*named} == {*pictures}
    assert "data:" not in page and "img-src cid:" in page


def test_without_the_extra_an_email_has_the_numbers_of_its_charts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And no place for a picture; a chart without numbers says so."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    page = page_of(mail_of(CHART, replace(CHART, key="none", lines=(), problem="vllm is silent")))

    assert "<img" not in page and "<picture" not in page
    assert "417 ms" in page and "vllm is silent" in page


def test_no_text_of_a_report_gets_into_the_head_of_an_email() -> None:
    maker = SmallMaker()
    sections = maker.build(Subject(PERIOD), ()).sections
    report = Report("Week\nBcc: eve@example.org", PERIOD, sections)
    delivery = Delivery(
        "weekly",
        "us",
        report,
        lambda form: maker.render(report, form),
        lambda _task, _kind: None,
        now_ms=0,
        sender="bot@example.org",
    )
    table = {"kind": "mail", "receivers": ["Ada <ada@example.org>"], "attach": ["pdf"]}
    options = ReportSettings.model_validate({"targets": {"us": table}}).targets["us"]
    (planned_mail,) = kinds()["mail"].plan(delivery, options)

    assert isinstance(planned_mail, Mail)
    assert planned_mail.message["Bcc"] is None and planned_mail.receivers == ("ada@example.org",)
    assert planned_mail.message["Subject"] == "Week Bcc: eve@example.org"


@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=30),
    st.integers(len(REST) + 1, 400),
)
def test_a_text_that_is_too_long_is_cut_and_says_so(lines: list[str], longest: int) -> None:
    text = "\n".join(lines)

    short = shortened(text, longest)

    assert len(short) <= longest
    assert short == text if len(text) <= longest else short.endswith(REST)


def test_it_is_cut_before_a_heading() -> None:
    text = f"# A\n\n{'a' * 300}\n\n## B\n\n{'b ' * 300}"

    assert shortened(text, 500) == f"# A\n\n{'a' * 300}{REST}"
