"""`mail`: an e-mail for each period, as plain text and HTML with pictures, with files."""

import hashlib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Literal

from pydantic import Field, field_validator

from clickup_mlops.errors import ConfigError
from clickup_mlops.features.reports.delivery.mail import is_address
from clickup_mlops.features.reports.delivery.model import (
    SUFFIXES,
    Delivery,
    Format,
    Mail,
    Planned,
    TargetTable,
    TargetType,
)
from clickup_mlops.views.model import Chart

_TYPES = {
    "markdown": ("text", "markdown"),
    "html": ("text", "html"),
    "json": ("application", "json"),
    "pdf": ("application", "pdf"),
}


class Options(TargetTable):
    """Who gets it."""

    kind: Literal["mail"]
    receivers: tuple[str, ...] = Field(min_length=1)
    """E-mail addresses."""
    attach: tuple[Format, ...] = ()
    """Files that come with it: `pdf`, `html`, `markdown`, `json`."""

    @property
    def files(self) -> tuple[Format, ...]:
        """As of every target."""
        return self.attach

    @field_validator("receivers")
    @classmethod
    def _addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            if not is_address(address):
                raise ValueError(f"{address!r} is no e-mail address")
        return addresses


def plan(delivery: Delivery, options: Options) -> list[Planned]:
    """One message. Built again for the same period it has the same Message-ID."""
    message = EmailMessage()
    message["Subject"] = delivery.title
    message["From"], message["To"] = delivery.sender, ", ".join(options.receivers)
    message["Date"] = format_datetime(datetime.fromtimestamp(delivery.now_ms // 1000, UTC))
    message["Message-ID"] = _message_id(delivery)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(delivery.markdown)
    page, pictures = _page(delivery)
    message.add_alternative(page, subtype="html")
    body = message.get_body(("html",)) or message
    for identifier, drawn in pictures.items():
        body.add_related(drawn, "image", "png", cid=f"<{identifier}>")
    for form in options.attach:
        _attach(message, delivery, form)
    return [Mail(message, tuple(parseaddr(receiver)[1] for receiver in options.receivers))]


def _page(delivery: Delivery) -> tuple[str, dict[str, bytes]]:
    """The report with its charts as parts of the message (PNG by Content-ID): mail programs show
    no SVG. Without the extra `pictures` it has the charts' numbers alone.
    """
    from clickup_mlops.features.reports.render import html
    from clickup_mlops.views import png
    from clickup_mlops.views.html import Picture

    pictures: dict[str, bytes] = {}

    def picture(chart: Chart, _section: str) -> Picture | None:
        try:
            drawn = png.render_chart(chart, delivery.report.period.zone)
        except ConfigError:
            return None
        identifier = f"{hashlib.sha256(drawn).hexdigest()[:32]}@{_host(delivery)}"
        pictures[identifier] = drawn
        return Picture(f"cid:{identifier}")

    return html.page(delivery.report, picture, "cid:"), pictures


def _attach(message: EmailMessage, delivery: Delivery, form: Format) -> None:
    kind, subtype = _TYPES[form]
    name = f"{delivery.name}-{delivery.key}.{SUFFIXES[form]}"
    message.add_attachment(delivery.render(form), maintype=kind, subtype=subtype, filename=name)


def _message_id(delivery: Delivery) -> str:
    """The same for the same report, target and period: whoever gets it twice sees one message."""
    identifier = hashlib.sha256(delivery.subject.encode()).hexdigest()[:32]
    return f"<{identifier}@{_host(delivery)}>"


def _host(delivery: Delivery) -> str:
    return parseaddr(delivery.sender)[1].rpartition("@")[2] or "localhost"


TARGET = TargetType(
    "An e-mail, as plain text and HTML; sent again, it has the same Message-ID.",
    Options,
    plan,
    lambda options: ", ".join(options.receivers),
)
