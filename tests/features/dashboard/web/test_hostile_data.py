"""Every page, picture and file of a dashboard whose data attackers wrote."""

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

import pytest

from clickup_mlops.features.dashboard.view import View
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.sandbox import Sandbox
from tests import hostile
from tests.features.dashboard.web.conftest import Browser, Dashboard, Make

ELEMENTS: Final = frozenset(
    [
        "a",
        "body",
        "button",
        "code",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "head",
        "header",
        "html",
        "img",
        "input",
        "label",
        "li",
        "link",
        "main",
        "meta",
        "nav",
        "ol",
        "option",
        "p",
        "picture",
        "script",
        "section",
        "select",
        "source",
        "span",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "time",
        "title",
        "tr",
        "ul",
    ]
)
ADDRESSES: Final = re.compile(r"/dashboard(/[^/\s\"<>].*)?|https://.*|#main", re.DOTALL)
TARGETS: Final = (
    "",
    "t1",
    "list:55",
    hostile.EVIL,
    "x'; drop table timeline; --",
    "../../etc",
    "\0",
)


class Page(HTMLParser):
    """Every element and attribute that is none of ours is a problem."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.problems.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.problems.append(f"{tag} {name}")
            if name in ("href", "src", "action", "srcset", "data-values"):
                self.addresses.append(value or "")
                if not ADDRESSES.fullmatch(value or ""):
                    self.problems.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.problems.append(f"comment {data}")


@pytest.fixture
def attacked(make: Make, clickup_sandbox: Sandbox) -> Iterator[Dashboard]:
    """A dashboard of such data, with a saved view and a List of such a name."""
    hostile.create_list(clickup_sandbox)
    result = make(views={hostile.EVIL: {"page": "now"}})
    hostile.fill(result.bot)
    yield result


def pages() -> Iterator[tuple[str, str]]:
    for page in all_pages():
        for target in TARGETS:
            yield page, urlencode({"target": target, "range": "24h"} if target else {})


def read(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


def test_no_page_has_an_element_that_is_not_ours(attacked: Dashboard) -> None:
    """Signed in, embedded, with and without a target, with the points of charts."""
    browser = attacked.signed_in("operator", hostile.EVIL)
    output = 0
    for page, query in pages():
        for more in ("", "values=*"):
            text = read(browser, f"/dashboard/{page}?{query}&{more}")
            assert Page(text).problems == [], (page, query)
            output += "window.hacked" in text
        embed = attacked.embed(View(page, "t1" if query else ""))
        embedded = attacked.browser().get(f"/dashboard/embed/{embed.token}/?values=*")
        assert embedded.status_code == 200
        assert Page(embedded.text).problems == []
    assert output > 20


def test_no_file_runs_anything(attacked: Dashboard) -> None:
    """Pictures are XML without a script, tables are CSV without a formula, all is JSON."""
    browser = attacked.signed_in()
    result = {
        address
        for page, query in pages()
        for address in Page(read(browser, f"/dashboard/{page}?{query}")).addresses
    }
    pictures = [picture for picture in result if ".svg?" in picture]
    files = [file for file in result if ".csv" in file]
    assert len(pictures) > 20 and len(files) > 20
    for path in pictures:
        for node in Xml.fromstring(read(browser, path)).iter():
            assert node.tag.rpartition("}")[2] in {
                "svg",
                "g",
                "path",
                "text",
                "title",
                "desc",
                "defs",
                "style",
                "rect",
                "line",
                "circle",
            }
            assert not any(name.lower().startswith("on") or "href" in name for name in node.attrib)
    for path in files:
        for row in csv.reader(io.StringIO(read(browser, path), newline="")):
            for cell in row:
                assert not re.match(
                    r"\s*[=@+\-\uff1d\uff0b\uff0d\uff20](?!\d*\.?\d*(e[+-]?\d+)?$)", cell
                )
                assert not re.search(r";\s*[=@+\-]", cell)
    for page, query in pages():
        answer = browser.get(f"/dashboard/{page}.json?{query}")
        assert answer.status_code == 200 and answer.json
