"""What could never be sent is found before the bot starts."""

from typing import Any

import pytest

from clickup_mlops.bot.mail import MailSettings
from clickup_mlops.bot.reports.check import check
from clickup_mlops.bot.reports.settings import ReportSettings
from clickup_mlops.errors import ConfigError


def reports(**targets: Any) -> dict[str, ReportSettings]:
    return {"weekly": ReportSettings.model_validate({"targets": targets})}


def test_a_report_needs_a_target() -> None:
    with pytest.raises(ConfigError, match=r"reports\.weekly\.targets: there is none"):
        check(reports(), MailSettings())


def test_email_needs_a_server() -> None:
    target = {"kind": "mail", "receivers": ["ada@example.org"]}
    with pytest.raises(ConfigError, match=r"reports\.weekly\.targets\.us: mail\.host") as problem:
        check(reports(us=target), MailSettings())
    assert "[mail]" in problem.value.hint

    check(reports(us=target), MailSettings(host="smtp.example.org", sender="bot@example.org"))
    check(reports(page={"kind": "doc"}), MailSettings())
