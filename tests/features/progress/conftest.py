"""The team of the flow tests."""

from tests.flows.conftest import team

__all__ = ["team"]
