"""Refusals of the state: ClickUp's ECODE and text. The web edge turns codes into statuses."""


class Refusal(Exception):
    """The request cannot be executed; nothing was changed."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class NotModelled(Exception):
    """ClickUp can do this, the sandbox cannot; the text names what exactly."""


def no_access(resource: str = "Resource") -> Refusal:
    """Unknown, deleted or out of sight: ClickUp does not distinguish these."""
    return Refusal("ACCESS_999", f"{resource} not found, or you have no access to it")


def no_task() -> Refusal:
    """The task is unknown or deleted."""
    return Refusal("ITEM_013", "Task not found, deleted")


def bad_input(text: str = "Bad Request") -> Refusal:
    """A malformed value. ClickUp's answer often does not name the key."""
    return Refusal("INPUT_002", text)
