"""Take over what people made: from now on it is known, so a rename is seen as one. Writes nothing
into ClickUp.
"""

from dataclasses import replace

from clickup_mlops.provision.apply.journal import Journal
from clickup_mlops.provision.apply.run import Applied, apply
from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.plan.model import Plan
from clickup_mlops.provision.tree import LOCAL


def adopt(plan: Plan, site: Site, journal: Journal) -> Applied:
    """Remember every object that fits the template. What is missing or differs stays as it is.

    Objects that differ are remembered too, so that the next plan is about their differences only.
    """
    return apply(only_adopting(plan), site, journal, kind="adopt")


def only_adopting(plan: Plan) -> Plan:
    """The plan without everything that would write into ClickUp."""
    steps = tuple(
        replace(step, action="adopt", changes={}, calls=0)
        for step in plan.steps
        if step.path[-1][0] not in LOCAL
        if step.action == "adopt" or (step.action == "update" and step.have is not None)
    )
    kept = tuple(step for step in plan.work if step.path[-1][0] in LOCAL)
    return replace(plan, steps=(*steps, *kept), problems=())
