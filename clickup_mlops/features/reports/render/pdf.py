"""A report as PDF: its HTML page, set in type. Needs the extra `pdf`.

The same report gives the same bytes, on machines that have the same fonts.
"""

import hashlib
import logging
from typing import Any, Final

from clickup_mlops.errors import ConfigError
from clickup_mlops.features.reports import limits
from clickup_mlops.features.reports.render import html
from clickup_mlops.ports.sections.model import Report

_LOGGERS: Final = ("weasyprint", "weasyprint.progress", "fontTools")
# Unlike browsers, it takes for the narrowest column one letter where words may be broken.
_WHOLE_WORDS: Final = "td, td a { overflow-wrap: normal !important }"


def render(report: Report) -> bytes:
    """The file. Long texts and tables are cut: see `limits`.

    Raises:
        ConfigError: as `of_page`.
    """
    return of_page(html.render(limits.limited(report)))


def of_page(page: str) -> bytes:
    """An HTML page as PDF. Nothing is loaded from anywhere.

    Raises:
        ConfigError: the extra is not installed, or the libraries that it needs are not.
    """
    weasyprint = load()
    only_inline = weasyprint.URLFetcher(allowed_protocols={"data"})
    document = weasyprint.HTML(string=page, url_fetcher=only_inline)
    identifier = hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    style = weasyprint.CSS(string=_WHOLE_WORDS, url_fetcher=only_inline)
    return bytes(document.write_pdf(pdf_identifier=identifier, pdf_tags=True, stylesheets=[style]))


def load() -> Any:
    """The library. Its remarks on CSS that it does not know are kept out of the log.

    Raises:
        ConfigError: the extra is not installed, or the libraries that it needs are not.
    """
    for name in _LOGGERS:  # before: it remarks on its own style sheet when it is loaded
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        import weasyprint
    except (ImportError, OSError) as problem:  # OSError: Pango is missing
        raise ConfigError(
            f"PDF needs weasyprint: {problem}",
            hint="Install it: pip install 'clickup-mlops[pdf]', and Pango from your distribution.",
        ) from problem
    return weasyprint
