"""How fast an error budget is used up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Burn:
    """Burn rates in a long and a short window: 1 uses up the budget exactly within its period."""

    long: float
    short: float

    def above(self, limit: float) -> bool:
        """Whether both windows burn faster than `limit`.

        The short window ends the alarm soon after the errors end (SRE workbook, Alerting on SLOs).
        """
        return min(self.long, self.short) > limit


def burn_rate(error_share: float, objective: float) -> float:
    """Errors over the budget: `error_share` (0 to 1) over 1 - `objective` (for example 0.999).

    Raises:
        ValueError: the objective leaves no budget.
    """
    if not 0 < objective < 1:
        raise ValueError(f"an objective is between 0 and 1, not {objective}")
    return error_share / (1 - objective)


def budget_left(error_share: float, objective: float) -> float:
    """Share of the error budget that is left, 1 to below 0, at this error share."""
    return 1 - burn_rate(error_share, objective)
