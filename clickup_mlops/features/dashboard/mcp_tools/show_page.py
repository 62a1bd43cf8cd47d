"""Show a page of the dashboard as Markdown, such as the health of a served model.

`model` without a target lists the models with their numbers against objectives; with a model's
name as the target it shows this one, with deployments and alerts. `now`, `flow`, `infrastructure`
and `automations` are other pages; an unknown page or target is answered with those that there are.
Reads what the bot has recorded, and makes no call to ClickUp.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from clickup_mlops.features.dashboard import build
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.dashboard.view import View, check_target, resolve
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Quoted, Tool, quoted
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.views import markdown

MOST: Final = 20_000
"""Characters of an answer."""
PageName = Annotated[str, Field(max_length=80, description="The page, such as `model`.")]
Target = Annotated[str, Field(max_length=200, description="What it is about; empty: an overview.")]
Range = Annotated[
    Literal["1h", "6h", "24h", "7d", "30d", "90d"], Field(description="How far it goes back.")
]


class ShownPage(Answer):
    """The page's sections."""

    page: str
    target: str
    markdown: Quoted
    """Names and texts in it are what people and tools wrote."""


def call(
    access: Access, page: PageName = "model", *, target: Target = "", range: Range = "24h"
) -> ShownPage:
    """Raises InputError: there is no such page or target."""
    with access.data() as data:
        saved = data.settings.table(DashboardSettings).views
        view = resolve(saved, f"{page}/{target}" if target else page, range_=range)
        query = Query.of_page(access.now_ms(), target=view.target, range=view.range)
        check_target(view, data)
        return ShownPage(
            page=view.page, target=view.target, markdown=quoted(_render(view, data, query), MOST)
        )


def _render(view: View, data: Data, query: Query) -> str:
    page = all_pages()[view.page]
    sections = build.sections(page, data, query)
    return "\n".join(map(markdown.render_section, sections)) or page.type.empty


TOOL = Tool(call)
