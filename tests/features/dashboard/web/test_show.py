"""What pages of the dashboard show, and what they do not."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from clickup_mlops.features.dashboard.web.query_params import CHOSEN, read_query_params
from clickup_mlops.features.dashboard.web.urls import Addresses
from tests.empty import store_at
from tests.features.dashboard.web.shown import (
    EMBEDDED,
    OPERATOR,
    READER,
    PageBot,
    Shown,
    sample_pages,
)
from tests.views.samples import EVIL

PAGE = "/dashboard/everything"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[PageBot]:
    opened = PageBot(store_at(tmp_path / "bot.db"))
    with sample_pages():
        yield opened
    opened.store.close()


def client(bot: PageBot, viewer=OPERATOR) -> Client:
    return Client(Shown(bot, viewer).whole)


def html(bot: PageBot, path: str = PAGE, viewer=OPERATOR) -> str:
    answer = client(bot, viewer).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_page_has_its_sections_and_the_way_to_others(bot):
    output = html(bot)

    for part in ("Inference lane", "Network", 'href="/dashboard/now"', "SLO%20of%20chat-3"):
        assert part in output, part


def test_a_section_that_cannot_be_built_says_why_and_the_others_are_there(bot):
    output = html(bot)

    assert "Cannot be shown: prometheus: no answer. Check its address." in output
    assert "RoCE utilisation" in output


def test_texts_of_others_stay_text(bot):
    output = html(bot) + html(bot, f"{PAGE}?target={EVIL}&x={EVIL}")

    assert "<img src=x" not in output
    assert "<b>evil" not in output
    assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', output))


def test_nothing_in_a_page_is_inline(bot):
    """The Content-Security-Policy allows no inline script, style or handler."""
    output = html(bot)

    assert not re.search(r"<style|<[^>]+\s(style|on\w+)=|<script(?![^>]*\ssrc=)", output)


def test_a_page_is_small(bot):
    assert len(html(bot).encode()) < 150_000


def test_who_has_the_page_already_gets_no_body(bot):
    """Though each answer has a token of its own for forms."""
    browser = client(bot)
    first = browser.get(PAGE)
    again = browser.get(PAGE, headers={"If-None-Match": first.headers["ETag"]})
    bot.open = 8
    changed = browser.get(PAGE, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert changed.status_code == 200


def test_forms_have_the_token_of_the_session(bot):
    output = Shown(bot)
    browser = Client(output.whole)
    page = browser.get(PAGE).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    refused = browser.post("/dashboard/do/undo", data={"change": "c0"})
    accepted = browser.post("/dashboard/do/undo", data={"change": "c0", "csrf_token": token})

    assert (refused.status_code, accepted.status_code) == (400, 200)
    assert [entry["change"] for entry in output.done] == ["c0"]
    assert "csrf-token-of-this-session" not in page


def test_only_operators_see_buttons(bot):
    assert "/dashboard/do/undo" in html(bot)
    assert "/do/undo" not in html(bot, viewer=READER)


def test_an_embedded_page_has_no_navigation_no_buttons_and_stays_below_its_address(bot):
    output = html(bot, "/dashboard/embed/t0ken/", EMBEDDED)

    assert "<nav" not in output
    assert "Sign out" not in output
    assert "<form" not in output
    paths = set(re.findall(r'(?:href|src|srcset|action)="(/[^"?#]*)', output))
    assert paths
    assert not [
        path
        for path in paths
        if not path.startswith(("/dashboard/embed/t0ken/", "/dashboard/static/"))
    ]


def test_an_embedded_operator_has_no_buttons_either(bot):
    from dataclasses import replace

    output = html(bot, "/dashboard/embed/t0ken/", replace(EMBEDDED, role="operator"))

    assert "<form" not in output


def test_a_range_and_a_zone_are_in_every_link_of_the_page(bot):
    output = html(bot, f"{PAGE}?range=7d&zone=Asia/Tokyo&target=chat-3")

    links = re.findall(r'(?:src|srcset|href)="(/dashboard/everything/[^"]+)"', output)
    assert len(links) > 6
    assert all("range=7d" in link and "target=chat-3" in link for link in links)


@pytest.mark.parametrize(
    "query", ["range=2h", "zone=Mars/Base", "zone=../../etc/passwd", "zone=America"]
)
def test_an_argument_that_cannot_be_read_is_named(bot, query):
    answer = client(bot).get(f"{PAGE}?{query}")

    assert answer.status_code == 400
    assert query.split("=")[0] in answer.text


def test_what_there_is_not_is_404(bot):
    for path in (
        "/dashboard/nothing",
        "/dashboard/nothing.json",
        f"{PAGE}/chart/lane/nothing.svg",
        f"{PAGE}/chart/nothing/p99.svg",
        f"{PAGE}/csv/lane/nothing.csv",
    ):
        assert client(bot).get(path).status_code == 404, path


def test_sections_can_be_chosen_and_come_in_that_order(bot):
    output = html(bot, f"{PAGE}?sections=network,lane,nothing")

    assert re.findall(r'<section class="section" id="(\w+)"', output) == ["network", "lane"]


def test_a_picture_is_svg_of_the_time_and_width_that_its_page_names(bot):
    source = re.search(r'<img src="(/dashboard/everything/chart/lane/[^"]+)"', html(bot))[1]
    address = source.replace("&amp;", "&")

    first = client(bot).get(address)
    bot.time_ms += 50_000
    later = client(bot).get(address)

    assert first.mimetype == "image/svg+xml"
    assert first.data == later.data
    assert b'width="1240"' in first.data


@pytest.mark.parametrize("at", ["x", "-1", "9" * 40, "1e5", "²"])
def test_a_time_that_is_none_is_refused(bot, at):
    answer = client(bot).get(f"{PAGE}/chart/lane/p99.svg", query_string={"at": at})

    assert answer.status_code == 400


def test_a_picture_has_no_width_but_those_of_pages(bot):
    answer = client(bot).get(f"{PAGE}/chart/lane/p99.svg?width=99999999")

    assert b'width="880"' in answer.data


def test_pictures_stay_while_nothing_new_can_be_in_them(bot):
    """Within a step of the range their address is the same: a browser loads them once."""
    sources = []
    for _ in range(2):
        sources.append(re.findall(r'<img src="([^"]+)"', html(bot)))
        bot.time_ms += 15_000

    assert sources[0] == sources[1]


def test_csv_is_a_file_with_every_row(bot):
    answer = client(bot).get(f"{PAGE}/csv/lane/tasks.csv")

    assert (
        answer.headers["Content-Disposition"] == 'attachment; filename="everything-lane-tasks.csv"'
    )
    assert len([*csv.reader(io.StringIO(answer.text))]) == 9


def test_csv_of_a_chart_has_its_points(bot):
    rows = [*csv.reader(io.StringIO(client(bot).get(f"{PAGE}/csv/lane/p99.csv").text))]

    assert rows[0] == ["Time", "P99 (ms)", "P50 (ms)"]
    assert len(rows) == 289


def test_json_has_what_the_page_shows_with_its_points(bot):
    read = client(bot).get(f"{PAGE}.json").json

    assert [section["key"] for section in read["sections"]] == ["lane", "network", "broken"]
    chart = read["sections"][0]["blocks"][-1]
    assert len(chart["lines"][0]["points"]) == 288


def test_the_points_of_a_chart_are_a_page(bot):
    output = html(bot, f"{PAGE}/section/lane?values=p99")

    assert output.count("<tr>") > 288
    assert 'id="lane-p99-values"' in output


def test_a_chart_is_read_only_when_it_is_drawn(bot):
    """A page reads no points: pictures are loaded when they come into view."""
    page = read_query_params(bot, OPERATOR, {})

    assert page.query.chart("k", "T", "", lambda: pytest.fail("read")).is_drawn is False


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://ci.example.org/1", "https://ci.example.org/1"),
        ("/dashboard/model?target=a", "/bot/dashboard/model?target=a"),
        ("/model", "/bot/dashboard/model"),
        ("//evil.example", ""),
        ("/\\evil.example", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("", ""),
    ],
)
def test_links_of_sections_lead_to_https_or_to_pages(bot, url, leads):
    addresses = Addresses("/bot/dashboard", "now", read_query_params(bot, OPERATOR, {}), OPERATOR)

    assert addresses.link(url) == leads


def test_readers_of_embedded_pages_cannot_change_what_the_page_is_about(bot):
    assert not {"target", "sections"} & set(CHOSEN)
    retained = read_query_params(
        bot, EMBEDDED, {"target": "a", "sections": "b", "range": "7d"}
    ).retained
    assert retained == {"range": "7d"}
