"""Polite words in a command, which are neither arguments nor the reason. Pure."""

import re
from typing import Final

BETWEEN: Final = " \t,;:.!?…–—("
"""What may stand between arguments, polite words and reason."""
_ASKING: Final = (
    r"please|pls|plz|kindly|bitte(?: sehr| schön)?|por favor|s['’]il (?:vous|te) pla[iî]t|svp"
    r"|per favore|alsjeblieft|alstublieft|proszę|пожалуйста|お願いします|请"
)
_THANKING: Final = (
    r"thanks(?: a lot| in advance)?|thank you(?: very much)?|thx|danke(?: sehr| schön| dir| euch)?"
    r"|vielen dank|(?:muchas )?gracias|merci(?: beaucoup)?|grazie|obrigad[oa]|dank je|спасибо"
    r"|谢谢|ありがとう"
)
_FIRST: Final = re.compile(rf"(?:{_ASKING})(?!\w)", re.IGNORECASE)
_LAST: Final = re.compile(rf"(?<!\w)(?:{_ASKING}|{_THANKING})$", re.IGNORECASE)


def without_first(text: str) -> str:
    """The text without polite words and punctuation at its beginning."""
    while True:
        stripped = text.lstrip(BETWEEN).removeprefix("- ")
        shorter = _FIRST.sub("", stripped, count=1) if _FIRST.match(stripped) else stripped
        if shorter == text:
            return text
        text = shorter


def without_last(text: str) -> str:
    """The text without polite words and punctuation at its end."""
    while True:
        stripped = text.rstrip(BETWEEN)
        shorter = _LAST.sub("", stripped)
        if shorter == text:
            return text
        text = shorter
