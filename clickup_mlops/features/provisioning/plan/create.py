"""A plan for a live workspace: read it, compare, check the rights. Reads only."""

from typing import TYPE_CHECKING

from clickup_mlops.features.provisioning.live import snapshot
from clickup_mlops.features.provisioning.live.snapshot import Policies, no_policies
from clickup_mlops.features.provisioning.plan import diff, preflight
from clickup_mlops.features.provisioning.plan.abilities import Abilities, Known
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.tree import Tree

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp


def make(
    client: "ClickUp",
    workspace: str,
    want: Tree,
    memory: Known,
    *,
    template: str,
    experimental: bool = False,
    policies: Policies = no_policies,
) -> Plan:
    """The changes that bring the workspace to the template.

    `known` is `Journal.known()`; `policies` gives what is kept of a Space's templates by its id;
    `experimental` allows the undocumented field call, but for the
    fields that it was refused for.

    Raises:
        Blocked: the token's user is a guest, who sees nothing.
        ApiError: ClickUp refused a read, or could not be reached.
    """
    observed = preflight.explained(
        client,
        workspace,
        lambda: snapshot.look(
            client, workspace, want, memory.objects, policies, leftovers=memory.leftovers
        ),
    )
    able = Abilities(experimental, observed.list_templates, observed.folder_templates, memory)
    plan = diff.plan(want, observed.tree, able, template=template, reads=observed.reads)
    return preflight.checked(client, workspace, plan, observed.rights)
