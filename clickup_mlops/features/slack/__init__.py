"""Replies in threads of Slack, which come to the task that the thread is about."""

from typing import Final

REQUIRES: Final = ("outbound",)
"""Its messages begin the threads."""
