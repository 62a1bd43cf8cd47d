"""A report as PDF: its HTML page, set in type. Needs the extra `pdf`.

The same report gives the same bytes, on machines that have the same fonts.
"""

import hashlib

from clickup_mlops.errors import ConfigError
from clickup_mlops.report.model import Report
from clickup_mlops.report.render import html


def render(report: Report) -> bytes:
    """The file.

    Raises:
        ConfigError: as `of_page`.
    """
    return of_page(html.render(report))


def of_page(page: str) -> bytes:
    """An HTML page as PDF. Nothing is loaded from anywhere.

    Raises:
        ConfigError: the extra is not installed, or the libraries that it needs are not.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as problem:  # OSError: Pango is missing
        raise ConfigError(
            f"PDF needs weasyprint: {problem}",
            hint="Install it: pip install 'clickup-mlops[pdf]', and Pango from your distribution.",
        ) from problem
    only_inline = weasyprint.URLFetcher(allowed_protocols={"data"})
    made = weasyprint.HTML(string=page, url_fetcher=only_inline)
    identifier = hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    return bytes(made.write_pdf(pdf_identifier=identifier, pdf_tags=True))
