"""A report as one HTML page that needs no other file and no network: charts are in it."""

from collections.abc import Callable
from html import escape
from typing import Final

from clickup_mlops.features.reports.render.markdown import NOTHING
from clickup_mlops.ports.sections import period
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.views import html, text
from clickup_mlops.views.html import Picture
from clickup_mlops.views.model import Chart

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src {images}; style-src 'unsafe-inline'">
<meta name="generator" content="clickup-mlops">
<title>{title}</title>
<style>
{style}{own}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{period}</p>
{sections}
</main>
</body>
</html>
"""
_STYLE: Final = """
body { background: var(--page); color: var(--text); margin: 0 auto; max-width: 60rem; }
main { padding: 1rem; }
@page {
  size: A4; margin: 15mm 12mm;
  @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; }
}
@media print {
  :root { --page: #ffffff; font-size: 9pt; }
  body { max-width: none; }
  main { padding: 0; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  .figures { display: flex; flex-wrap: wrap; }
  .figure { flex: 1 1 12rem; break-inside: avoid; }
  time::after { content: none !important; }
}
"""


def render(report: Report) -> str:
    """The page; times in the period's zone."""
    return page(report, None, "data:")


def page(
    report: Report, picture: Callable[[Chart, str], Picture | None] | None, images: str
) -> str:
    """The same with other pictures, as `Look.picture`, whose addresses begin with `images`."""
    look = html.Look(zone=report.period.zone, picture=picture)
    sections = "\n".join(html.render_section(section, look) for section in report.sections)
    return _PAGE.format(
        title=escape(text.format_line(report.title)),
        images=images,
        period=escape(text.format_line(period.text(report.period))),
        style=html.STYLE.read_text(encoding="utf-8"),
        own=_STYLE,
        sections=sections or f"<p>{NOTHING}</p>",
    )
