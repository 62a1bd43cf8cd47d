"""Strict mode: a request with a key that ClickUp's documents do not name is refused.

ClickUp ignores such keys with a 200, which hides misspelt ones. `documented/keys.json` has the
documented keys; what the documents leave out and live answers accept is added here.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import orjson

_FILE: Final = Path(__file__).parent / "documented" / "keys.json"
_IN_EVERY_QUERY: Final = frozenset({"custom_task_ids", "team_id"})
_MORE: Final[Mapping[str, frozenset[str]]] = {
    "GET /api/v2/list/{}/task": frozenset({"priorities"}),
    "GET /api/v2/team/{}/task": frozenset({"priorities", "include_markdown_description"}),
    "POST /api/v2/list/{}/task": frozenset({"markdown_description", "template_id"}),
    "PUT /api/v2/task/{}": frozenset({"markdown_description", "points", "watchers"}),
    **{
        f"{method} /api/v2/{place}/{{}}{comment}": frozenset({"comment", "group_assignee"})
        for place in ("task", "list", "view")
        for method, comment in (("POST", "/comment"),)
    },
    "POST /api/v2/comment/{}/reply": frozenset({"comment", "group_assignee"}),
    "PUT /api/v2/comment/{}": frozenset({"comment"}),
    "PUT /api/v2/space/{}": frozenset({"statuses"}),
}


def find_unknown(
    method: str, rule: str, query: Collection[str], body: Collection[str]
) -> tuple[str, ...]:
    """The keys of the query and of the body that this route does not have, sorted.

    `rule` is the route with `<names>` of ids. A route that is not documented has any.
    """
    route = f"{method} {re.sub(r'<[^>]*>', '{}', rule)}"
    keys = _load().get(route)
    if keys is None:
        return ()
    more = _MORE.get(route, frozenset())
    named = {re.sub(r"\[\d*\]$", "", key) for key in query}
    unknown = named - {*keys["query"], *more, *_IN_EVERY_QUERY}
    if keys["body"]:
        unknown |= {*body} - {*keys["body"], *more}
    return tuple(sorted(unknown))


@cache
def _load() -> Mapping[str, Mapping[str, list[str]]]:
    keys: Mapping[str, Mapping[str, list[str]]] = orjson.loads(_FILE.read_bytes())
    return keys
