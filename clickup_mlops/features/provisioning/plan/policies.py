"""Whether what a template says about its tasks fits the bot's configuration. Pure."""

from pathlib import Path

from pydantic import ValidationError

from clickup_mlops.errors import ContentError
from clickup_mlops.features.provisioning.tree import Tree
from clickup_mlops.routing.layers import merge_layers
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store.tables.space_policies import SpacePolicy


def check(want: Tree, configured: Policy, file: Path) -> None:
    """Stop if the configured policy over the template's is none. `file` is the template's.

    Raises:
        ContentError: they contradict each other; names the key and both sides.
    """
    for node in want.values():
        if node.kind == "policy":
            says = SpacePolicy("", "", node.parent[-1][1], node.name, (), node.attributes)
            try:
                merge_layers(configured, [says])
            except ValidationError as problem:
                raise _misfit(file, problem) from None


def _misfit(file: Path, problem: ValidationError) -> ContentError:
    first = problem.errors(include_url=False)[0]
    key = ".".join(map(str, ("routing", *first["loc"])))
    return ContentError(
        file,
        key,
        f"with the configured [routing] over it: {first['msg'].removeprefix('Value error, ')}",
        hint="The configuration wins key by key: change the template, or what is configured.",
    )
