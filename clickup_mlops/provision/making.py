"""A plan for a live workspace: look at it, compare, ask for the rights. Reads only."""

from collections.abc import Collection, Mapping

from clickup_mlops.provision import planning, preflight, snapshot
from clickup_mlops.provision.abilities import Abilities
from clickup_mlops.provision.fields import Refused
from clickup_mlops.provision.plan import Plan
from clickup_mlops.provision.reading import Client
from clickup_mlops.provision.snapshot import Remembered, Snapshot
from clickup_mlops.provision.tree import Path, Tree


def make(
    client: Client,
    workspace: str,
    want: Tree,
    remembered: Remembered,
    *,
    template: str,
    experimental: bool = False,
    confirmed: Collection[Path] = (),
    refused: Mapping[Path, Refused] | None = None,
) -> Plan:
    """What is to be done to the workspace so that it is as wanted.

    `remembered` is `Journal.remembered()`; `experimental` allows the undocumented field call, but
    for the fields that it was `refused` for; `confirmed` are steps that no call can see and a
    person said are done.

    Raises:
        Blocked: the token's user is a guest, who sees nothing.
        ApiError: ClickUp refused to show something, or could not be reached.
    """
    seen: Snapshot = preflight.explained(
        client, workspace, lambda: snapshot.look(client, workspace, want, remembered)
    )
    able = Abilities(
        experimental=experimental,
        list_templates=seen.list_templates,
        folder_templates=seen.folder_templates,
        remembered=remembered,
        confirmed=frozenset(confirmed),
        refused=refused or {},
    )
    plan = planning.plan(want, seen.tree, able, template=template, reads=seen.reads)
    return preflight.checked(client, workspace, plan, seen.rights)
