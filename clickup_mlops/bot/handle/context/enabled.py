"""Automations that templates enable in their Spaces. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from clickup_mlops.automations.load import Choices
from clickup_mlops.automations.model import Automation
from clickup_mlops.store.tables.space_policies import SpacePolicy


def enabled(
    automations: Sequence[Automation], policies: Iterable[SpacePolicy], choices: Choices
) -> tuple[Automation, ...]:
    """The automations; those that are off have the Spaces in which a template enables them.

    A `mode` that the team has chosen takes precedence over every template.
    """
    spaces: dict[str, set[str]] = defaultdict(set)
    for policy in policies:
        for name in policy.enable:
            spaces[name].add(policy.space_id)
    return tuple(
        replace(automation, spaces=frozenset(spaces[automation.name]))
        if automation.name in spaces
        and automation.mode == "off"
        and not _chosen(choices, automation.name)
        else automation
        for automation in automations
    )


def _chosen(choices: Choices, name: str) -> bool:
    return name in choices and choices[name].mode is not None
