"""A page that has everything in it."""

from clickup_mlops.ports.sections.model import PageType


def _targets(_data):
    return [("chat-3", "chat-3"), ("<b>evil</b>", "<b>evil</b>")]


PAGE = PageType("Everything", "Each kind of thing that a page can show.", 5, _targets)
