"""Dashboards: a person makes them."""

from clickup_mlops.provision.apply.steps._by_hand import ByHand

MAKER = ByHand("dashboards: open Dashboards in ClickUp's sidebar")
