"""Forms: they ride in a ClickUp template, or a person makes them."""

from clickup_mlops.provision.apply.steps._by_hand import ByHand

MAKER = ByHand("forms: open the list and click + View, then Form")
