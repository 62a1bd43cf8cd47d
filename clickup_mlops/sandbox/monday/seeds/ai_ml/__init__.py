"""An AI/ML account: every column type, and what makes migrations hard."""

from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.seeds.ai_ml import edge_cases, people, serving, training


def plant(control: Control) -> None:
    """Fill the account: the boards LLM serving, Training runs, Data pipeline and Incidents."""
    account = people.plant(control)
    runs = training.plant(control, account)
    serving.plant(control, account, runs)
    edge_cases.add_pipeline(control, account)
    edge_cases.add_incidents(control, account)
    edge_cases.add_archived_and_private(control, account)
