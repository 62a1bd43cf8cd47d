"""`doc`: a page in a ClickUp Doc for each period, kept up to date."""

from typing import Literal

from clickup_mlops.features.reports.delivery.model import (
    Delivery,
    Planned,
    TargetTable,
    TargetType,
    Write,
)


class Options(TargetTable):
    """The Doc."""

    kind: Literal["doc"]
    doc: str = "Reports"
    """Name of the Doc; it is made if there is none. Each period gets a page, named like the
    report."""


def plan(delivery: Delivery, options: Options) -> list[Planned]:
    """One page."""
    page = delivery.title
    after = {"doc": options.doc, "page": page, "text": delivery.markdown}
    change = delivery.change("doc", "", after, f'page "{page}" of "{options.doc}"')
    return [Write("", change)] if change else []


TARGET = TargetType(
    "A page in a Doc for each period; sent again, the page is updated.",
    Options,
    plan,
    lambda options: f'Doc "{options.doc}"',
)
