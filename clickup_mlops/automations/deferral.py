"""Automations that hold training back by the tag `deferred`, as `training_deferred` does. Pure."""

from typing import Final

from clickup_mlops.automations.model import Automation, Step

TAG: Final = "deferred"
"""The tag by which automations hold a task."""


def defers(automation: Automation) -> bool:
    """Whether it holds tasks."""
    return any(_adds_tag(step) for step in automation.do)


def until(automation: Automation) -> str:
    """The condition that ends it; empty: it has none."""
    return automation.until.text if automation.until else ""


def _adds_tag(step: Step) -> bool:
    return step.name == "add_tag" and str(getattr(step.options, "tag", "")) == TAG
