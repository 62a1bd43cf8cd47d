"""Whole reports in each format: complete, self-contained, and nothing in them is obeyed."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from clickup_mlops.features.reports.render import html, markdown, pdf
from clickup_mlops.features.reports.render import json as as_json
from clickup_mlops.ports.sections.model import Report
from tests.pango import needs_pango

TABLE = ("table", "thead", "tbody", "tr", "th", "td")
LOADS = {"src", "srcset", "href", "data", "poster", "action"}


class Page(HTMLParser):
    """What a page would load, run or lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name.startswith("on"):
                self.handlers.append(name)
            elif name in LOADS:
                (self.links if tag == "a" else self.loads).append(value or "")


def test_the_page_needs_no_other_file_and_runs_nothing(report: Report) -> None:
    """Charts are in it, as pictures; texts of people are texts."""
    page = Page(html.render(report))

    assert "img" in page.tags
    assert not {"script", "link", "iframe", "object", "form"} & {*page.tags}
    assert all(load.startswith("data:image/svg+xml;base64,") for load in page.loads)
    assert page.links and all(link.startswith("https://app.clickup.com/t/") for link in page.links)
    assert page.handlers == []


def test_the_page_has_one_heading_for_the_report_and_one_for_each_section(report: Report) -> None:
    tags = Page(html.render(report)).tags

    assert tags.count("h1") == 1
    assert tags.count("h2") == len(report.sections)


def test_the_title_of_a_milestone_changes_no_page(report: Report) -> None:
    """Somebody has named it."""
    evil = Report("</title><script>alert(1)</script>", report.period, ())

    assert "script" not in Page(html.render(evil)).tags
    assert "<script" not in markdown.render(evil)


def test_markdown_holds_every_section_and_no_html(report: Report) -> None:
    """What somebody has called a task makes no heading, no link and no tag."""
    text = markdown.render(report)

    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [
        section.title for section in report.sections
    ]
    page = Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert {*page.tags} <= {"h1", "h2", "h3", "p", "ul", "li", "strong", "em", "a", *TABLE}
    assert page.links and all(link.startswith("https://app.clickup.com/t/") for link in page.links)
    assert not re.search(r"[\x00-\x08\u202a-\u202e]", text)


def test_an_empty_report_says_so(report: Report) -> None:
    empty = Report("Daily report", report.period, ())

    assert "Nothing to report." in markdown.render(empty)
    assert "Nothing to report." in html.render(empty)


def test_json_is_the_report_with_its_numbers(report: Report) -> None:
    result = json.loads(as_json.render(report))

    assert result["period"] == {
        "every": "weekly",
        "name": "2026-W48",
        "start_ms": report.period.start_ms,
        "end_ms": report.period.end_ms,
        "zone": "Europe/Madrid",
    }
    assert [section["key"] for section in result["sections"]] == [
        section.key for section in report.sections
    ]


@needs_pango
def test_pdf_leaves_the_log_alone(report: Report, caplog: pytest.LogCaptureFixture) -> None:
    """What the library says about CSS that it does not know concerns nobody who runs the bot."""
    pdf.render(report)

    assert [record.getMessage() for record in caplog.records] == []


@needs_pango
def test_loading_the_library_leaves_the_log_alone() -> None:
    """It remarks on its own style sheet when a process first loads it."""
    code = "import logging; logging.basicConfig(level=logging.INFO)\n"
    code += "from clickup_mlops.features.reports.render import pdf; pdf.load()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stderr == ""


@needs_pango
def test_pdf_is_one_and_loads_nothing(report: Report, tmp_path: Path) -> None:
    """It has no script, and no time at which it was made."""
    created = pdf.render(report)

    assert created.startswith(b"%PDF-")
    assert b"/JavaScript" not in created
    assert b"/CreationDate" not in created


@pytest.mark.browser
def test_the_page_is_accessible_and_asks_nobody(report: Report, tmp_path: Path) -> None:
    """In Chromium: axe finds nothing, the pictures are drawn, no request leaves the file."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    file = tmp_path / "report.html"
    file.write_text(html.render(report), encoding="utf-8")
    chromium = os.environ.get("CLICKUP_MLOPS_TEST_CHROMIUM")
    if not chromium:
        pytest.skip("set CLICKUP_MLOPS_TEST_CHROMIUM to Chromium's path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(bypass_csp=True)  # for axe, which is a script
        page = context.new_page()
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(file.as_uri())
        for picture in page.locator("img").all():
            picture.scroll_into_view_if_needed()
            assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
        violations = Axe().run(page).response["violations"]
        browser.close()

    assert [violation["id"] for violation in violations] == []
    assert {name for name in requests if not name.startswith("data:")} == {file.as_uri()}
