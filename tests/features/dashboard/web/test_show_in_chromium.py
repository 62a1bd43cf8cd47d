"""Pages in a real browser: nobody is shut out, nothing is blocked, and what is open stays live."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.empty import store_at
from tests.features.dashboard.web.shown import (
    EMBEDDED,
    OPERATOR,
    READER,
    PageBot,
    Shown,
    sample_pages,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WIDE, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}
SOON = 9_000
"""ms until an open page has asked again: its refresh is every 5 s."""


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[PageBot]:
    opened = PageBot(store_at(tmp_path / "bot.db"))
    with sample_pages():
        yield opened
    opened.store.close()


class Tab:
    """A page in the browser; `problems` are what its console calls errors."""

    def __init__(self, chromium, output: Shown, url: str, path: str = "", **options) -> None:
        options.setdefault("viewport", WIDE)
        self.page = chromium.new_context(**options).new_page()
        self.problems: list[str] = []
        self.page.on(
            "console", lambda m: self.problems.append(m.text) if m.type == "error" else None
        )
        self.page.on("dialog", lambda dialog: self.problems.append(dialog.message))
        home = "/" if output.viewer.is_embedded else "/everything"
        self.page.goto(url + output.base + (path or home))

    def pictures(self) -> None:
        """All of them are loaded."""
        self.page.evaluate(
            "Promise.all([...document.images].map("
            "one => { one.loading = 'eager'; return one.decode(); }))"
        )

    def shows(self, number: int, timeout: float = SOON) -> None:
        """The first figure is this, within so many ms."""
        figure = self.page.locator("#lane-1 .number").first.filter(has_text=str(number))
        figure.wait_for(timeout=timeout)


def violations(tab: Tab) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(tab.page).response["violations"]
    return [f"{entry['id']}: {node['html'][:200]}" for entry in result for node in entry["nodes"]]


LOOKS = {
    "light": (OPERATOR, {"color_scheme": "light"}),
    "dark": (OPERATOR, {"color_scheme": "dark"}),
    "phone": (READER, {"viewport": PHONE}),
    "dark phone": (OPERATOR, {"viewport": PHONE, "color_scheme": "dark"}),
    "embedded": (EMBEDDED, {}),
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(chromium, bot, look):
    """Also with everything open."""
    viewer, options = LOOKS[look]
    output = Shown(bot, viewer)
    with output.served() as url:
        tab = Tab(chromium, output, url, **options)
        tab.pictures()
        assert violations(tab) == []
        tab.page.evaluate(
            "for (const one of document.querySelectorAll('.menu, .confirm, #lane-p99-more'))"
            " one.open = true"
        )
        tab.page.wait_for_selector("#lane-p99-values table")
        assert violations(tab) == []
        assert tab.problems == []


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/sign-in", "/message"])
def test_axe_finds_nothing_where_nobody_is_signed_in(chromium, bot, path, color_scheme):
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url, path, color_scheme=color_scheme)
        assert violations(tab) == []
        assert tab.problems == []


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1360, 1920])
def test_no_page_scrolls_sideways(chromium, bot, width):
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url, viewport={"width": width, "height": 800})
        tab.pictures()
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_open_page_shows_what_is_new_and_keeps_what_a_reader_did(chromium, bot):
    """Focus, an open confirmation, an opened table of points and the scroll stay."""
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url)
        page = tab.page
        page.click("#lane-p99-more > summary")
        page.wait_for_selector("#lane-p99-values table")
        page.locator("#lane-tasks .confirm > summary").nth(2).click()
        page.locator("#lane-tasks .confirm[open] button").focus()
        page.evaluate("scrollTo(0, 300)")
        before = page.locator("#lane-tasks tr time").first.inner_text()

        bot.open = 41
        bot.time_ms += 1_000_000
        tab.shows(41)

        assert page.locator("#lane-tasks tr time").first.inner_text() != before
        assert page.locator("#lane-tasks .confirm[open]").count() == 1
        assert page.evaluate("document.activeElement.closest('.confirm[open]') !== null")
        assert page.evaluate("document.activeElement.tagName") == "BUTTON"
        assert page.locator("#lane-p99-values .scroll table").count() == 1
        assert page.evaluate("scrollY") == 300
        assert "Updated" in page.inner_text("#live-text")
        assert tab.problems == []


def test_focus_never_moves_to_another_rows_button(chromium, bot):
    """Rows move up while a person is about to press Enter on a confirmation."""
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url)
        tab.page.locator("#lane-tasks .confirm > summary").nth(2).click()
        tab.page.locator("#lane-tasks .confirm[open] button").focus()

        bot.gone, bot.open = 1, 41
        tab.shows(41)
        focused = "document.activeElement.closest('form').querySelector('[name=change]').value"
        assert tab.page.evaluate(focused) == "c2"

        bot.gone, bot.open = 3, 42
        tab.shows(42)
        assert tab.page.locator("#lane-tasks .confirm[open]").count() == 0
        tab.page.keyboard.press("Enter")
        assert output.done == []


def test_it_says_when_the_server_cannot_be_reached_and_when_it_can_again(chromium, bot):
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url)
        output.status = 503
        message = tab.page.get_by_role("status").filter(has_text="cannot be reached")
        message.wait_for(timeout=SOON)
        output.status = 200
        message.wait_for(state="detached", timeout=3 * SOON)


def test_it_says_that_it_may_not_be_seen_any_more(chromium, bot):
    """After a sign-out or a revoked link: what is shown stays, and is said to be old."""
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url)
        output.status = 403
        message = tab.page.get_by_role("status").filter(has_text="may not see this page any more")
        message.get_by_role("link", name="Load it again").wait_for(timeout=SOON)


def test_a_paused_page_asks_nothing_until_it_goes_on(chromium, bot):
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url)
        tab.page.click("#live-pause")
        bot.open = 41
        with pytest.raises(Exception, match="Timeout"):
            tab.shows(41, 7_000)
        tab.page.click("#live-pause")
        tab.shows(41)


def test_a_button_asks_before_and_then_sends_its_form_by_keyboard(chromium, bot):
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url)
        tab.page.locator("#lane-tasks .confirm > summary").nth(1).focus()
        tab.page.keyboard.press("Enter")
        assert tab.page.get_by_text("Write the earlier value back?").nth(1).is_visible()
        assert output.done == []
        tab.page.keyboard.press("Tab")
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_url("**/do/undo")

        assert [(entry["action"], entry["change"]) for entry in output.done] == [("undo", "c1")]


def test_everything_is_reached_by_keyboard_from_the_skip_link_on(chromium, bot):
    output = Shown(bot)
    with output.served() as url:
        page = Tab(chromium, output, url).page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
        reached = set()
        for _ in range(80):
            name = page.evaluate("document.activeElement.tagName")
            if name == "BODY":
                break
            reached.add(name)
            style = "getComputedStyle(document.activeElement).outlineStyle"
            focused = page.evaluate("document.activeElement.outerHTML")
            assert page.evaluate(style) != "none", focused
            page.keyboard.press("Tab")
        assert {"A", "SELECT", "BUTTON", "SUMMARY", "DIV"} <= reached


def test_without_script_everything_is_there(chromium, bot):
    """Choices are a form, confirmations open, points are a page."""
    output = Shown(bot)
    with output.served() as url:
        page = Tab(chromium, output, url, java_script_enabled=False).page
        page.select_option("select[name=target]", "chat-3")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**target=chat-3*")
        page.click("#lane-p99-more > summary")
        page.click("#lane-p99-values a")
        page.locator("#lane-p99-values tbody tr").nth(288).wait_for()


def test_a_dark_page_is_printed_light_and_without_its_navigation(chromium, bot, tmp_path):
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url, color_scheme="dark")
        tab.page.emulate_media(media="print", color_scheme="dark")
        assert not tab.page.is_visible("nav")
        color = "getComputedStyle(document.body).backgroundColor"
        assert tab.page.evaluate(color) == "rgb(255, 255, 255)"
        assert tab.page.evaluate("getComputedStyle(document.body).color") == "rgb(31, 35, 40)"


def test_a_picture_opened_alone_is_drawn(chromium, bot):
    """Its style is inside, and its own policy allows no more than that."""
    output = Shown(bot)
    with output.served() as url:
        tab = Tab(chromium, output, url, "/everything/chart/lane/p99.svg")
        stroke = "getComputedStyle(document.querySelector('.color-0 .trace')).stroke"
        assert tab.page.evaluate(stroke) == "rgb(9, 105, 218)"
        assert tab.problems == []
