"""E-mail goes out over TLS or not at all, and every refusal says what to do."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.errors import InputError, RetryableApiError
from clickup_mlops.features.reports.delivery.mail import MailSettings, check, look, send
from tests.own_mail import PASSWORD, USER, Mailbox, mail_server


def to(mailbox: Mailbox, **more: Any) -> MailSettings:
    """Settings for this server."""
    return MailSettings.model_validate(
        {
            "host": "127.0.0.1",
            "port": mailbox.port,
            "ca_file": str(mailbox.ca_file),
            "user": USER,
            "password": PASSWORD,
            "sender": "ML bot <bot@example.org>",
            "timeout": 5,
            **more,
        }
    )


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "bot@example.org", "ada@example.org"
    message["Subject"] = "Weekly report"
    message.set_content("1 deployment")
    return message


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # of the server: it does not see the TLS
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_arrives_over_tls_with_user_and_password(tmp_path: Path, security: str) -> None:
    with mail_server(tmp_path, security) as mailbox:
        send(to(mailbox, security=security), letter(), ["ada@example.org"])

    (message,) = mailbox.received
    assert (message["Subject"], message.get_content().strip()) == ("Weekly report", "1 deployment")


def test_a_certificate_of_nobody_is_not_trusted(tmp_path: Path) -> None:
    with (
        mail_server(tmp_path) as mailbox,
        pytest.raises(InputError, match="certificate is not trusted") as problem,
    ):
        send(to(mailbox, ca_file=""), letter(), ["ada@example.org"])

    assert "mail.ca_file" in problem.value.hint and mailbox.received == []


def test_a_wrong_password_is_refused_for_good_and_not_shown(tmp_path: Path) -> None:
    with mail_server(tmp_path) as mailbox, pytest.raises(InputError, match="535") as problem:
        send(to(mailbox, password="secret-word"), letter(), ["ada@example.org"])

    assert "secret-word" not in str(problem.value) + problem.value.hint


@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 try later", RetryableApiError), ("550 no such user", InputError)],
)
def test_a_refused_receiver_is_tried_again_only_if_that_may_help(
    tmp_path: Path, answer: str, error: type[Exception]
) -> None:
    with mail_server(tmp_path) as mailbox:
        mailbox.refusals.append(answer)
        refused = send(to(mailbox), letter(), ["ada@example.org", "bo@example.org"])

    assert [*refused] == ["ada@example.org"] and len(mailbox.received) == 1
    assert type(refused["ada@example.org"]) is error
    assert answer in str(refused["ada@example.org"])


def test_a_server_that_closes_the_line_has_given_it_to_nobody(tmp_path: Path) -> None:
    """It was not asked about the others: all are tried again."""
    everybody = ["ada@example.org", "bo@example.org", "cy@example.org"]
    with mail_server(tmp_path) as mailbox:
        mailbox.refusals.append("421 too busy")
        refused = send(to(mailbox), letter(), everybody)

    assert sorted(refused) == everybody and mailbox.received == []
    assert {type(problem) for problem in refused.values()} == {RetryableApiError}


@pytest.mark.parametrize("goodbye", ["421 too slow", "250 Bye", "500 what?"])
def test_what_was_taken_is_sent_whatever_the_server_says_at_the_end(
    tmp_path: Path, goodbye: str
) -> None:
    """Else it would be sent again."""
    with mail_server(tmp_path) as mailbox:
        mailbox.goodbye = goodbye
        assert send(to(mailbox), letter(), ["ada@example.org"]) == {}

    assert len(mailbox.received) == 1


def test_a_server_that_does_not_answer_is_tried_again() -> None:
    with pytest.raises(RetryableApiError, match=r"127\.0\.0\.1"):
        send(to(Mailbox(Path("mail.pem"), port=9), ca_file=""), letter(), ["ada@example.org"])


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, "mail.host is not set"),
        ({"host": "smtp.example.org"}, "mail.sender is not set"),
        ({"host": "smtp.example.org", "sender": "bot"}, "mail.sender: 'bot' is no e-mail address"),
        ({"host": "smtp.example.org", "sender": "a@b.org", "security": "none"}, "mail.security"),
        ({"host": "smtp.example.org", "sender": "a@b.org", "password": "ñ"}, "mail.password has"),
    ],
)
def test_what_is_missing_is_named(settings: dict[str, str], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        check(MailSettings.model_validate(settings))


@pytest.mark.parametrize(
    ("wrong", "problem", "hint"),
    [
        ({"password": "other"}, "535", "mail.password"),
        ({"port": 9}, r"127\.0\.0\.1, port 9: ", "mail.port"),
        ({"security": "tls"}, "does not speak TLS", 'mail.security = "starttls"'),
        ({"ca_file": ""}, "not trusted", "mail.ca_file"),
        ({"ca_file": "/nowhere.pem"}, "mail.ca_file: /nowhere.pem does not exist", "PEM"),
        ({"ca_file": __file__}, "test_mail.py has no certificate", "PEM"),
    ],
)
def test_a_look_at_the_server_says_which_setting_is_wrong(
    tmp_path: Path, wrong: dict[str, Any], problem: str, hint: str
) -> None:
    """Before the first report is due, and without an e-mail."""
    with mail_server(tmp_path) as mailbox:
        look(to(mailbox))
        with pytest.raises((InputError, RetryableApiError), match=problem) as failure:
            look(to(mailbox, **wrong))

    assert hint in failure.value.hint
    assert mailbox.received == []
