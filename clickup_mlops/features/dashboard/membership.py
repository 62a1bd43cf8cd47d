"""Who is a member of the Workspace still: others lose their sessions of the dashboard."""

from collections.abc import Callable, Mapping
from typing import Final

from clickup_mlops import logs
from clickup_mlops.features.dashboard.tables.grants import Grants
from clickup_mlops.store import Store

MEMBERS: Final = (1, 2, 3)
"""ClickUp's numbers of owner, admin and member; 4 is a guest, who sees parts of the Workspace
alone."""

_log = logs.get()


def end_sessions_of_former_members(
    store: Store, ask: Callable[[], Mapping[int, int]], now_ms: int
) -> list[str]:
    """End the sessions, and the links to embedded views, of those who signed in with ClickUp and
    are no members any more; their ids.

    `ask` gives the number of the role of each user, in one call; it is asked only if somebody is
    signed in. An answer without anybody says that the bot's own token sees the Workspace no more,
    and nothing about people.

    Raises:
        ApiError: ClickUp does not answer; everybody stays.
    """
    sessions = [
        grant
        for grant in store.table(Grants).list(now_ms)
        if grant.kind != "link" and grant.user_id
    ]
    roles = ask() if sessions else {}
    members = {str(user_id) for user_id, role in roles.items() if role in MEMBERS}
    former = [grant for grant in sessions if members and grant.user_id not in members]
    ended = [grant.id for grant in former if store.table(Grants).end(grant.id, now_ms)]
    if ended:
        _log.info("dashboard_sessions_ended", why="no members any more", grants=ended)
    return ended
