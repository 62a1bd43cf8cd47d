"""The page "Models"."""

from clickup_mlops.operations.dashboard.model import PageType

PAGE = PageType("Models", "Numbers of each model and service, with what happened to it.", 20)
