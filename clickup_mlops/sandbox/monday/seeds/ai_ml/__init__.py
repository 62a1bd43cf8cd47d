"""An AI/ML account: every column type, and what makes migrations hard."""

from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.seeds.ai_ml import others, people, serving, training


def plant(control: Control) -> None:
    """Fill the account: the boards LLM serving, Training runs, Data pipeline and Incidents."""
    found = people.plant(control)
    runs = training.plant(control, found)
    serving.plant(control, found, runs)
    others.pipeline(control, found)
    others.incidents(control, found)
    others.asides(control, found)
