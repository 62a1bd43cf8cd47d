"""ClickUp's own automations: they ride in a ClickUp template, or a person makes them."""

from clickup_mlops.provision.apply.steps._by_hand import ByHand

MAKER = ByHand("automations: open Automate at the top right of the place")
