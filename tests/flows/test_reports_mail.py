"""Reports by e-mail: sent once, and recognisable if a crash repeats one."""

from pathlib import Path

import orjson
import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.reports.delivery.mail_settings import MailSettings
from clickup_mlops.features.reports.delivery.settings import ReportSettings
from clickup_mlops.features.reports.operations import sending
from tests.features.reports.delivery.maker import SMALL, SmallMaker, reports
from tests.flows.conftest import Team
from tests.flows.test_digests import until
from tests.own_mail import Mailbox, mail_server

WEEK_MS = 7 * 86_400_000


def send_by_mail(team: Team, mailbox: Mailbox, *attach: str) -> None:
    """Go on with a weekly report by e-mail to two people."""
    target = {"kind": "mail", "receivers": ["ada@example.org", "Bo <bo@example.org>"]}
    report = ReportSettings.model_validate({"targets": {"mail": target | {"attach": attach}}})
    mail = MailSettings.model_validate(
        {
            "host": "127.0.0.1",
            "port": mailbox.port,
            "security": "none",
            "sender": "ML bot <bot@example.org>",
        }
    )
    update = {"reports": {"weekly": report}, "mail": mail}
    team.restart(team.bot.settings.model_copy(update=update), SMALL)


def run_due(team: Team) -> None:
    """What the clock does each minute, and what follows."""
    reports(team.bot).schedule.run_due()
    team.settle()


def test_it_has_text_and_html_and_files(team: Team, tmp_path: Path) -> None:
    with mail_server(tmp_path, "none") as mailbox:
        send_by_mail(team, mailbox, "html")
        sending_result = sending.send(
            team.bot, "weekly", period="2026-W48", wait=lambda _seconds: None
        )

    (message,) = mailbox.received
    assert [target.state for target in sending_result.targets] == ["sent"]
    assert message["To"] == "ada@example.org, Bo <bo@example.org>"
    assert message["Subject"] == "Report 2026-W48"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text and html
    assert "1 deployment" in text.get_content() and "1 deployment</p>" in html.get_content()
    (file,) = message.iter_attachments()
    assert file.get_filename() == "weekly-2026-W48.html"


def test_a_repeated_message_has_the_same_id_and_another_week_another(
    team: Team, tmp_path: Path
) -> None:
    with mail_server(tmp_path, "none") as mailbox:
        send_by_mail(team, mailbox)
        for week in ("2026-W47", "2026-W48", "2026-W48"):
            sending.send(team.bot, "weekly", period=week, wait=lambda _seconds: None)
            team.control.clock.advance(1)

    first, second, again = [message["Message-ID"] for message in mailbox.received]
    assert first != second == again


def test_a_clock_that_was_ahead_for_a_while_stops_no_report(team: Team, tmp_path: Path) -> None:
    """The bot ran in the next year by a machine's clock that was set back then."""
    until(team, 1, 9)
    now_ms = team.bot.now_ms()
    with mail_server(tmp_path, "none") as mailbox:
        send_by_mail(team, mailbox)
        team.control.clock.freeze(now_ms + 52 * WEEK_MS)
        run_due(team)
        team.control.clock.freeze(now_ms)
        for _ in range(3):
            run_due(team)
            team.control.clock.advance(WEEK_MS)

        assert len(mailbox.received) == 2


def test_a_server_that_is_away_gets_it_later_once(team: Team, tmp_path: Path) -> None:
    until(team, 1, 9)
    with mail_server(tmp_path, "none") as mailbox:
        send_by_mail(team, mailbox)
        run_due(team)
        mailbox.refusals += ["451 later", "451 later", "451 later", "451 later"]
        team.control.clock.advance(WEEK_MS)
        run_due(team)
        for _ in range(9):
            team.control.clock.advance(600_000)
            run_due(team)

        assert mailbox.refusals == [] and len(mailbox.received) == 1


def test_who_has_got_it_does_not_get_it_again(team: Team, tmp_path: Path) -> None:
    """The server takes the first receiver later."""
    with mail_server(tmp_path, "none") as mailbox:
        send_by_mail(team, mailbox)
        mailbox.refusals.append("451 later")
        sending_result = sending.send(
            team.bot, "weekly", period="2026-W48", wait=lambda _seconds: None
        )
        assert [target.state for target in sending_result.targets] == ["waits"]
        team.control.clock.advance(600_000)
        team.settle()

    assert mailbox.to == [["bo@example.org"], ["ada@example.org"]]


def test_a_row_that_is_handled_again_sends_nothing(team: Team, tmp_path: Path) -> None:
    """The process died after the server took the message, before the row was done."""
    with mail_server(tmp_path, "none") as mailbox:
        send_by_mail(team, mailbox)
        sending.send(team.bot, "weekly", period="2026-W48", wait=lambda _seconds: None)
        (row,) = [row for row in team.bot.inbox.list("done", 20) if row.kind == "report:weekly"]
        team.bot.inbox.replay(row.id, team.bot.now_ms())
        reports(team.bot).sender.handle([row])
        team.settle()

        assert len(mailbox.received) == 1
        assert orjson.loads(row.body)["period"] == "2026-W48"


def test_what_cannot_be_sent_says_so(team: Team, tmp_path: Path) -> None:
    """An address that the server does not know: the report has failed, and is parked."""
    with mail_server(tmp_path, "none") as mailbox:
        send_by_mail(team, mailbox)
        mailbox.refusals += ["550 no such user"] * 2
        sending_result = sending.send(team.bot, "weekly", wait=lambda _seconds: None)

    (target,) = sending_result.targets
    assert target.state == "failed" and "550 no such user" in target.problem


def test_names_that_do_not_exist_are_refused(team: Team, tmp_path: Path) -> None:
    with mail_server(tmp_path, "none") as mailbox:
        send_by_mail(team, mailbox)
        for name, more, problem in [
            ("wekly", {}, "weekly"),
            ("weekly", {"targets": ("male",)}, "mail"),
            ("weekly", {"period": "W48"}, "names no weekly period"),
        ]:
            with pytest.raises(InputError, match=problem):
                sending.send(team.bot, name, wait=lambda _seconds: None, **more)


def test_the_schedule_lists_what_comes_and_where_it_goes(team: Team, tmp_path: Path) -> None:
    with mail_server(tmp_path, "none") as mailbox:
        send_by_mail(team, mailbox)
        (coming,) = sending.schedule(team.bot)

    maker = reports(team.bot).maker
    assert isinstance(maker, SmallMaker) and maker.built == 0
    assert coming.run.at_ms > team.bot.now_ms()
    assert coming.run.period == maker.last("weekly", coming.run.at_ms, "UTC")
    assert coming.places == ("mail: ada@example.org, Bo <bo@example.org>",)
