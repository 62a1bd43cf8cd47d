"""Adopt existing objects: from now on they are managed, so a rename is seen as one. Writes nothing
into ClickUp.
"""

from dataclasses import replace

from clickup_mlops.features.provisioning.apply.journal import Journal
from clickup_mlops.features.provisioning.apply.run import Applied, apply
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.tree import LOCAL


def adopt(plan: Plan, session: Session, journal: Journal) -> Applied:
    """Remember every object that matches the template. What is missing or differs is not changed.

    Objects that differ are remembered too, so that the next plan is about their differences only.
    A policy is adopted with its Space.
    """
    return apply(only_adopting(plan), session, journal, kind="adopt")


def only_adopting(plan: Plan) -> Plan:
    """The plan without everything that would write into ClickUp."""
    steps = tuple(
        replace(step, operation="adopt", changes={}, calls=0)
        for step in plan.steps
        if step.path[-1][0] not in LOCAL
        if step.operation == "adopt" or (step.operation == "update" and step.have is not None)
    )
    existing = {step.path for step in plan.steps if step.have is not None}
    local_steps = tuple(
        step for step in plan.work if step.path[-1][0] in LOCAL and step.path[:-1] in existing
    )
    return replace(plan, steps=(*steps, *local_steps), problems=())
