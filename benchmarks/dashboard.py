"""What the dashboard's pages and pictures cost: `python benchmarks/dashboard.py [--url URL]`.

Through the routes that browsers ask, signed in, up to the last byte of HTML or SVG; pages over 90
days. Of each page and each picture: the best CPU and wall time of 5, statements and rows, bytes;
in a world of 10,000 open and 10,000 finished tasks, 200 models and 90 days, beside the same
with 9 days and with a tenth of everything. `--tasks` makes all three smaller. `--url` measures
PostgreSQL, in a schema of its own; there CPU is that of this process alone.
"""

import argparse
import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import world
from flask.testing import FlaskClient
from measuring import Cost, cost, counting, show

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.dashboard import grants
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.ports.sections.find import all_pages

HOST = "http://127.0.0.1:8080"
TARGETS = {"model": ("t7", "list:7"), "infrastructure": ("fabric/gpu-1",), "automations": ()}
_PICTURES = re.compile(r'<img[^>]* src="([^"]+/chart/[^"]+)"')


@dataclass(frozen=True, slots=True)
class Browser:
    """Signed in as an operator, who also gets buttons."""

    client: FlaskClient

    def get(self, path: str) -> str:
        """The whole answer."""
        answer = self.client.get(path, base_url=HOST)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status}: {answer.text[:500]}")
        return answer.text


def signed_in(bot: Bot) -> Browser:
    """With a session of its own."""
    client = create_app(bot).test_client()
    link = grants.link(bot.store, grants.Person("", "Ana", "operator"), bot.now_ms())
    client.get(f"/dashboard/open/{link.token}", base_url=HOST)
    return Browser(client)


def pages() -> Iterator[str]:
    """Addresses: the overview of each page, and pages about a target."""
    for key in all_pages():
        for target in ("", *TARGETS.get(key, ())):
            requests = f"&target={target}" if target else ""
            yield f"/dashboard/{key}?range=90d{requests}"


def name_of(page: str) -> str:
    """Of a page's address."""
    return page.removeprefix("/dashboard/").replace("?range=90d", "").replace("&target=", "/")


def pictures(browser: Browser, page: str) -> list[str]:
    """The addresses of the charts of a page."""
    unescapes = (html.unescape(picture) for picture in _PICTURES.findall(browser.get(page)))
    return [*dict.fromkeys(unescapes)]


def measure(url: str, size: world.Size) -> dict[str, Cost]:
    """Of each page, and of the dearest picture of each, by what it is."""
    with world.empty(url) as address, world.bot(address) as bot:
        world.fill(bot.store, size)
        browser, result = signed_in(bot), dict[str, Cost]()
        with counting(bot.store) as counted:
            for page in pages():
                name = name_of(page)
                result[name] = cost(_asking(browser, page), counted)
                drawn = [
                    cost(_asking(browser, picture), counted, 2)
                    for picture in pictures(browser, page)
                ]
                if drawn:
                    dearest = max(drawn, key=lambda one: one.cpu_ms)
                    result[f"{name}: dearest of its pictures"] = dearest
        return result


def _asking(browser: Browser, path: str) -> Callable[[], int]:
    return lambda: len(browser.get(path).encode())


def main(argv: Sequence[str] | None = None) -> None:
    """Measure all sizes in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--url", default="", help="SQLAlchemy URL of a PostgreSQL database")
    chosen = parser.parse_args(argv)
    sizes = world.sizes(chosen.tasks)
    print("columns:", "; ".join(map(str, sizes)))
    show([measure(chosen.url, size) for size in sizes])


if __name__ == "__main__":
    main()
