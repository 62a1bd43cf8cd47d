"""What changed in a workspace between two plans of the same template, object by object. Pure."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.plan import messages
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.tree import JsonTable, Node, fold_name, show

SHOWN: Final = 8
"""Differences that an error names; the new plan shows all of them."""


def refuse_if_stale(plan: Plan, now: Plan) -> None:
    """Compare a plan with one made just now.

    It cannot be overridden: the plan would do what nobody has reviewed. A new plan is one command,
    and shows what has changed.

    Raises:
        InputError: the workspace changed since the plan was made; names what. Or it is a plan of
            another template, or with other parameters.
    """
    if plan.template != now.template:
        raise InputError(
            f"this is a plan of {plan.template}, not of {now.template}",
            hint=f"Apply it with `provision apply {plan.template} --plan FILE`.",
        )
    if plan.fingerprint == now.fingerprint and _desired(plan) == _desired(now):
        return
    changes = list(differences(plan, now)) or ["the template or its parameters have changed"]
    more = [f"and {len(changes) - SHOWN} more"] if len(changes) > SHOWN else []
    raise InputError(
        "the workspace changed since this plan was made: " + "; ".join([*changes[:SHOWN], *more]),
        hint="Create a new plan, review it, and apply that one.",
    )


def _desired(plan: Plan) -> JsonTable:
    return {show(step.path): dict(step.want.attributes) for step in plan.steps}


def differences(before: Plan, now: Plan) -> Iterator[str]:
    """In words, in the order of the template."""
    then = {step.path: step for step in before.steps}
    for step in now.steps:
        if step.path in then:
            yield from _between(step, then[step.path].have, step.have)


def _between(step: Step, then: Node | None, have: Node | None) -> Iterator[str]:
    path = show(step.path)
    if then is None and have is None:
        return
    if have is None:
        yield f"{path} was deleted"
    elif then is None:
        yield f"{path} was created"
    elif then.id != have.id:
        yield f"{path} was replaced by another object"
    else:
        yield from (f"{path} {text}" for text in _changed(then, have))


def _changed(then: Node, have: Node) -> Iterator[str]:
    if fold_name(then.name) != fold_name(have.name):
        yield f"was renamed to {messages.value(have.name)}"
    if then.parent != have.parent and then.kind in ("folder", "list", "task"):
        yield f"was moved from {messages.place(then.parent)} to {messages.place(have.parent)}"
    for name in dict.fromkeys([*then.attributes, *have.attributes]):
        if name != "fields" and then.attributes.get(name) != have.attributes.get(name):
            was, is_ = (messages.value(node.attributes.get(name)) for node in (then, have))
            yield f"has another {name}: {is_}, was {was}"
