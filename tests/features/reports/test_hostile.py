"""Reports, digests and wiki pages of what attackers wrote: in each format it stays a text."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from markdown_it import MarkdownIt
from pydantic import SecretStr

from clickup_mlops.bot import app
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.model import Task
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.features.digests import data as digest_data
from clickup_mlops.features.digests import text as digest_text
from clickup_mlops.features.incidents.task_tables import build_for_doc
from clickup_mlops.features.reports.delivery.model import Delivery, Mail
from clickup_mlops.features.reports.delivery.targets import mail
from clickup_mlops.features.reports.operations import building
from clickup_mlops.features.reports.operations.building import ReportRequest
from clickup_mlops.features.reports.render import html, markdown, pdf
from clickup_mlops.features.reports.render import json as as_json
from clickup_mlops.features.wiki import blocks, models
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.store.settings import StoreSettings
from clickup_mlops.views import markdown as as_markdown
from tests import hostile
from tests.empty import store_at

NOW = 1_795_812_000_000
DAY = "2026-11-27"
KINDS = (
    ReportRequest("daily", DAY),
    ReportRequest("weekly", "2026-W48"),
    ReportRequest("monthly", "2026-11"),
    ReportRequest("milestone", "t1"),
    ReportRequest("incident", "i1"),
    ReportRequest("incident", "i4"),
)
ALLOWED = frozenset(
    [
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "code",
        "blockquote",
        "hr",
    ]
)

DRAWN = frozenset(
    ["svg", "g", "path", "text", "title", "desc", "defs", "style", "rect", "line", "circle"]
)
"""Elements of pictures."""


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    settings = Settings.model_construct(
        clickup=ClickUpSettings(
            token=SecretStr("pk_1"), base_url="http://127.0.0.1:9", workspace_id="900"
        ),
        store=StoreSettings(url=SecretStr(store_at(tmp_path / "bot.db"))),
    )
    with app.build(settings, clock=lambda: NOW) as result:
        hostile.fill(result)
        yield result


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind.every} {kind.name}")
def report(bot: Bot, request: pytest.FixtureRequest) -> Report:
    result = building.build(bot.store, bot.workspace_id, request.param, NOW)
    assert result.sections
    return result


class Page(HTMLParser):
    """Its elements, their attributes, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")


def is_harmless_markdown(text: str) -> None:
    """No element, picture, script address or mention is made of it."""
    page = Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert page.tags <= ALLOWED
    assert all(name.startswith("https://") for name in page.attributes.get("href", []))
    assert not re.search(r"(?<!\\)!\[|(?<![A-Za-z0-9])@\w|(?<!\\)\]\(#", text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u2028\u202a-\u202e]", text)


def test_html_has_no_element_that_is_not_ours(report: Report) -> None:
    """Nor an attribute that runs anything; it is the same each time."""
    page = Page(html.render(report))
    assert not page.tags & {"script", "iframe", "svg", "object", "form", "textarea", "base"}
    assert not [attribute for attribute in page.attributes if attribute.startswith("on")]
    assert all(address.startswith("https://") for address in page.attributes.get("href", []))
    pictures = page.attributes.get("src", [])
    assert all(name.startswith("data:image/svg+xml;base64,") for name in pictures)
    for picture in pictures:
        for node in Xml.fromstring(base64.b64decode(picture.partition(",")[2])).iter():
            assert node.tag.rpartition("}")[2] in DRAWN
            assert not [name for name in node.attrib if "href" in name or name.startswith("on")]


def test_markdown_has_no_mark_link_or_mention_of_others(report: Report) -> None:
    """Of chat, Docs and comments."""
    is_harmless_markdown(markdown.render(report))


def test_json_can_be_read(report: Report) -> None:
    """With every text as it was."""
    assert json.loads(as_json.render(report))["sections"]


def test_an_email_has_no_head_or_part_of_others(report: Report) -> None:
    """Read as a mail program reads it."""
    forms = {"markdown": markdown, "html": html, "json": as_json}
    delivery = Delivery(
        "weekly",
        "team",
        report,
        lambda form: forms[form].render(report).encode(),
        find_written=lambda _task, _kind: None,
        now_ms=NOW,
        sender="ML bot <bot@example.org>",
    )
    options = mail.Options(kind="mail", receivers=("ana@example.org",), attach=("html", "json"))
    (planned,) = mail.plan(delivery, options)
    assert isinstance(planned, Mail)
    read = message_from_bytes(planned.message.as_bytes(policy=policy.SMTP), policy=policy.SMTP)
    assert {*read} == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    }  # fmt: skip
    assert read["To"] == "ana@example.org"
    kinds = [part.get_content_type() for part in read.walk() if not part.is_multipart()]
    page = next(part for part in read.walk() if part.get_content_type() == "text/html")
    pictures = len({*re.findall(r'<img src="(cid:[^"]+)"', page.get_payload(decode=True).decode())})
    assert kinds == [
        "text/plain", "text/html", *["image/png"] * pictures, "text/html", "application/json",
    ]  # fmt: skip


def test_a_pdf_is_made(bot: Bot) -> None:
    """Without a script, an embedded file or an address that is not https."""
    pytest.importorskip("weasyprint")
    created = pdf.render(building.build(bot.store, bot.workspace_id, KINDS[3], NOW))
    assert created.startswith(b"%PDF-")
    for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"javascript:", b"file:"):
        assert word not in created


def test_a_pdf_loads_nothing(tmp_path: Path) -> None:
    """No address of the network, and no file of the machine, by whatever element."""
    pytest.importorskip("weasyprint")
    requests: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cret-of-the-machine")
    http, file = f"http://127.0.0.1:{server.server_port}", secret.as_uri()
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{http}/svg"/></svg>'
    inner = base64.b64encode(drawn.encode()).decode()
    elements = "".join(
        f'<img src="{url}/a"><link rel="stylesheet" href="{url}/b"><object data="{url}/c"></object>'
        f'<link rel="attachment" href="{url}"><a rel="attachment" href="{url}">x</a>'
        f'<style>@import "{url}/d"; p {{ background: url({url}/e) }}'
        f" @font-face {{ font-family: x; src: url({url}/f) }}</style><p style='font-family: x'>y"
        for url in (http, file)
    )
    page = pdf.of_page(f'{elements}<img src="data:image/svg+xml;base64,{inner}">')
    server.shutdown()
    assert page.startswith(b"%PDF-")
    assert requests == []
    assert b"/EmbeddedFile" not in page


def test_a_digest_has_no_mark_link_or_mention_of_others(bot: Bot) -> None:
    """Names, reasons and people of tasks."""
    result = digest_data.read(bot.store, ("inference", "training"), 20)
    assert result.first and result.breaches
    text = digest_text.digest(result, DAY, NOW, "20:40 (UTC)")
    for line in text.splitlines():
        assert re.match(r"\*\*|\d+\. |_Last change|$|\d+ more\.", line)
    assert not re.search(r"(?<![A-Za-z0-9])@\w|(?<!\\)!\[|javascript:alert\(1\)\)(?!\\)", text)


def test_a_wiki_page_has_no_mark_link_or_mention_of_others(bot: Bot) -> None:
    """All of its blocks."""
    tasks = [Task.parse(row.raw) for row in bot.store.mirror.each_open()]
    result = models.models(tasks, tasks, bot.store.metric_values.of_workspace("900"), "Model")
    assert result
    for model in result:
        entries = [e for t in model.tasks for e in bot.store.timeline.of_task(t.id, 0, NOW)]
        incidents = build_for_doc(bot.store, [task.id for task in model.tasks])
        assert incidents is not None
        about = blocks.About(model, entries, {"incidents": incidents})
        for section in blocks.sections(about):
            is_harmless_markdown(as_markdown.render_section(section))
