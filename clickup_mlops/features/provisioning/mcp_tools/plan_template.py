"""Show what applying a workspace template would create, change and leave to people.

Compares the template with the workspace in ClickUp and changes nothing; `clickup-mlops provision
apply` executes a plan, for a person. An unknown template or parameter is reported with the known
ones. Takes some dozens of calls to ClickUp.
"""

from typing import Annotated

from pydantic import Field

from clickup_mlops.features.provisioning.operations import plan as planning
from clickup_mlops.features.provisioning.operations import workspace
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.plan import render
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Quoted, Tool, quoted

_MOST_LINES = 200

Template = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$", description="Name, such as `llm_serving`.")
]
Parameters = Annotated[
    dict[str, str], Field(max_length=50, description="Values of the template's parameters.")
]
Instance = Annotated[
    str | None, Field(max_length=200, description="Name of the Space; default: the template's.")
]


class Planned(Answer):
    """A plan: nothing of it was done."""

    template: str
    up_to_date: bool
    to_create: int
    to_change: int
    to_adopt: int
    by_hand: int
    """What people must do in ClickUp, because its API cannot."""
    calls: int
    """API calls that applying it takes."""
    summary: list[Quoted]
    """Problems that block it first, then what is by hand, counts and time."""
    tree: list[Quoted]
    """`+` create, `~` change, `=` adopt, `!` by hand."""
    more_lines: int
    """Lines of the tree that are left out here."""


def call(
    access: Access, *, template: Template, set: Parameters | None = None, instance: Instance = None
) -> Planned:
    """Raises ContentError, InputError: the template or a parameter; ApiError: ClickUp refuses."""
    settings = tuple(f"{name}={value}" for name, value in (set or {}).items())
    with access.bot("temporary") as bot:
        plan = planning.plan(bot, Request(template, settings, instance))
        per_minute = workspace.per_minute(bot)
    return _planned(plan, per_minute)


def _planned(plan: Plan, per_minute: int) -> Planned:
    counts, tree = plan.counts, [str(line).rstrip() for line in render.lines(plan)]
    return Planned(
        template=plan.template,
        up_to_date=not plan.work,
        to_create=counts["create"],
        to_change=counts["update"],
        to_adopt=counts["adopt"],
        by_hand=counts["manual"],
        calls=plan.calls,
        summary=[quoted(line) for line in render.summary(plan, per_minute=per_minute)],
        tree=[quoted(line) for line in tree[:_MOST_LINES]],
        more_lines=max(0, len(tree) - _MOST_LINES),
    )


TOOL = Tool(call)
