"""How a team works, learned from its tool before a move: where work waits, who waits for whom.

It only reads. In the order of the work: a reader gives traces of tasks, findings look at them, and
a proposal says what templates, automations and metrics would answer them.
"""

from typing import Final

REQUIRES: Final = ("migration", "provisioning", "reports")
"""Features without which this one is left out."""
