"""What could never be sent is found before the bot starts."""

import subprocess
import sys
from typing import Any

import pytest

from clickup_mlops.errors import ConfigError
from clickup_mlops.features.reports.delivery.check import check
from clickup_mlops.features.reports.delivery.mail_settings import MailSettings
from clickup_mlops.features.reports.delivery.settings import ReportSettings


def reports(**targets: Any) -> dict[str, ReportSettings]:
    return {"weekly": ReportSettings.model_validate({"targets": targets})}


def with_sections(every: str, *names: str) -> dict[str, ReportSettings]:
    table = {"every": every, "sections": names, "targets": {"page": {"kind": "doc"}}}
    return {"own": ReportSettings.model_validate(table)}


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


@pytest.mark.parametrize(
    ("every", "name"), [("weekly", "lanes"), ("weekly", "incident"), ("incident", "lane")]
)
def test_a_section_must_be_one_of_that_kind_of_report(every: str, name: str) -> None:
    """What is misspelt is found, and what other kinds have."""
    with pytest.raises(ConfigError, match=rf"reports\.own\.sections.*{name!r}") as problem:
        check(with_sections(every, name), MailSettings())
    assert "It has:" in problem.value.hint

    check(with_sections("weekly", "lane", "incidents"), MailSettings())
    check(with_sections("incident", "incident"), MailSettings())


@pytest.mark.parametrize(
    "target",
    [
        {"kind": "file", "folder": "out", "formats": ["pdf"]},
        {"kind": "mail", "receivers": ["ada@example.org"], "attach": ["pdf"]},
    ],
)
def test_pdf_needs_its_extra_before_anything_is_sent(target: dict[str, Any]) -> None:
    """In an interpreter that lacks it."""
    program = f"""
import sys
sys.modules["weasyprint"] = None
from tests.features.reports.delivery.test_check import MailSettings, check, reports
mail = MailSettings(host="smtp.example.org", sender="bot@example.org")
check(reports(page={{"kind": "doc"}}), mail)
check(reports(us={target!r}), mail)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 1
    assert "ConfigError: reports.weekly.targets.us: PDF needs weasyprint" in ran.stderr
