"""Takes the pictures in docs/images/ of what really runs. `nox -s pictures`; needs Chromium.

demo.svg is the terminal after `clickup-mlops demo`; board.png is the sandbox's page beside it.
"""

import io
import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console

from clickup_mlops import logs
from clickup_mlops.cli._demo import environment, show
from clickup_mlops.cli._demo.screen import Screen
from clickup_mlops.cli.demo import PAUSE_S

IMAGES = Path(__file__).parents[1] / "docs" / "images"
COLUMNS = 104
PAGE = {"width": 1280, "height": 800}


def main() -> None:
    """Play the demonstration once, and keep what is to be seen."""
    logs.configure("ERROR")
    IMAGES.mkdir(exist_ok=True)
    console = Console(
        record=True, width=COLUMNS, force_terminal=True, highlight=False, file=io.StringIO()
    )
    console.print("$ python3 run.py demo")
    with environment.running() as running:
        screen = Screen(console)
        screen.result(show.perform(running, screen, pause_s=PAUSE_S))
        photograph(running.clickup.url, IMAGES / "board.png")
    console.save_svg(str(IMAGES / "demo.svg"), title="clickup-mlops demo")


def photograph(url: str, file: Path) -> None:
    """A screenshot of a page."""
    chromium = os.environ.get("CLICKUP_MLOPS_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=PAGE)
        page.goto(url)
        page.screenshot(path=str(file))
        browser.close()


if __name__ == "__main__":
    main()
