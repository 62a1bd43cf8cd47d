"""What each plan allows: Spaces, Folders, Lists and counted uses of views.

Numbers from ClickUp's help pages on the availability of Spaces, Folders, Timeline and Gantt views.
`TEAM_110` is the code of a limit of the plan in live answers; that it comes for each of these is an
assumption. Uses of custom fields (FIELD_033, measured) are counted in `fields`.
"""

from clickup_mlops.sandbox.clickup.state.model import Team
from clickup_mlops.sandbox.clickup.state.refusal import Refusal
from clickup_mlops.sandbox.clickup.state.world import World

SPACES = {"Free": 5}
FOLDERS_PER_SPACE = {"Free": 100, "Unlimited": 200, "Business": 400}
FOLDERS_OTHERWISE = 1_000
LISTS_PER_PLACE = {"Free": 100, "Unlimited": 200}
LISTS_OTHERWISE = 400
VIEW_USES = {"Free": {"gantt": 60, "timeline": 60, "workload": 60}, "Unlimited": {"timeline": 100}}
"""Creating, changing and opening such a view each count one; uses never come back."""


def check_space_limit(world: World, count: int) -> None:
    """Refuse one more Space than the plan allows; `count` are there."""
    _check_limit("Spaces", count, SPACES.get(world.plan))


def check_folder_limit(world: World, count: int) -> None:
    """Refuse one more Folder in a Space than the plan allows."""
    _check_limit(
        "Folders in this Space", count, FOLDERS_PER_SPACE.get(world.plan, FOLDERS_OTHERWISE)
    )


def check_list_limit(world: World, count: int) -> None:
    """Refuse one more List in a place than the plan allows."""
    _check_limit("Lists in this place", count, LISTS_PER_PLACE.get(world.plan, LISTS_OTHERWISE))


def require_plan(world: World, feature: str, *plans: str) -> None:
    """Refuse what only these plans have."""
    if world.plan not in plans:
        raise Refusal("TEAM_110", f"{feature}: only on the plans {', '.join(plans)}")


def use_view(world: World, team_id: str, kind: str) -> None:
    """Count a use of a view of this type; refuse it when they are used up."""
    limit = VIEW_USES.get(world.plan, {}).get(kind)
    team: Team = world.teams[team_id]
    used = int(team.view_uses.get(kind, 0))
    _check_limit(f"uses of {kind} views", used, limit)
    team.view_uses = {**team.view_uses, kind: used + 1}
    world.teams.put(team)


def _check_limit(resource: str, count: int, limit: int | None) -> None:
    if limit is not None and count >= limit:
        raise Refusal("TEAM_110", f"Your plan allows {limit} {resource}: please upgrade")
