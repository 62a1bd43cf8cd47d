"""Takes the pictures in docs/images/ of what really runs. `nox -s pictures`; needs Chromium.

demo.svg is the terminal after `clickup-mlops demo`; board.png is the sandbox's page beside it, and
dashboard-*.png are pages of the dashboard.
"""

import io
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console

from clickup_mlops import logs
from clickup_mlops.features.dashboard.address import dashboard_url
from clickup_mlops.features.dashboard.demo import dashboard_link
from clickup_mlops.interfaces.cli._demo import environment, past, show
from clickup_mlops.interfaces.cli._demo.screen import Screen
from clickup_mlops.interfaces.cli.demo import PAUSE_S
from clickup_mlops.ports.demo.environment import Environment

IMAGES = Path(__file__).parents[1] / "docs" / "images"
COLUMNS = 104
WIDTH, HEIGHT = 1280, 960
HEIGHTS = {"dashboard-model": 1160}
"""Of pages whose chart ends further down."""


def main() -> None:
    """Play the demonstration once, and keep what is to be seen."""
    logs.configure("ERROR")
    os.environ["LOGNAME"] = "maria"  # whom the dashboard's link is for
    IMAGES.mkdir(exist_ok=True)
    console = Console(
        record=True, width=COLUMNS, force_terminal=True, highlight=False, file=io.StringIO()
    )
    console.print("$ python3 run.py demo")
    with environment.running() as running:
        screen = Screen(console)
        screen.result(show.perform(running, screen, pause_s=PAUSE_S))
        board = running.clickup.url
        photograph({"board": board}, board, lambda: None)
        past.write(running)
        pages, link = dashboard(running), dashboard_link(running)
        photograph(pages, link, lambda: past.go_on(running.bot))
    console.save_svg(str(IMAGES / "demo.svg"), title="clickup-mlops demo")


def dashboard(running: Environment) -> dict[str, str]:
    """Addresses of pages, by the names of their pictures."""
    url = dashboard_url(running.settings)
    slow = running.clickup.control.find("Ranking API over its latency objective during peak").id
    pages = {page: f"{url}/{page}" for page in ("now", "infrastructure", "flow", "automations")}
    pages["model"] = f"{url}/model?target={slow}&range=7d"
    return {f"dashboard-{name}": address for name, address in pages.items()}


def photograph(pages: Mapping[str, str], first: str, renew: Callable[[], None]) -> None:
    """Screenshots of pages, once `first` was opened; `renew` keeps what each shows from ageing."""
    chromium = os.environ.get("CLICKUP_MLOPS_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(first)
        for name, address in pages.items():
            renew()
            page.set_viewport_size({"width": WIDTH, "height": HEIGHTS.get(name, HEIGHT)})
            page.goto(address)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(IMAGES / f"{name}.png"))
        browser.close()


if __name__ == "__main__":
    main()
