"""Labels of targets, changed by rules as Prometheus has them in `relabel_configs`. Pure.

Source: prometheus.io/docs/prometheus/latest/configuration/configuration, relabel_config.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from pydantic import field_validator

from clickup_mlops.config import Table

_GROUP: Final = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


class RelabelRule(Table):
    """A rule that changes the labels of a series before it is used."""

    source_labels: tuple[str, ...] = ()
    """Labels whose values, joined, are matched."""
    separator: str = ";"
    """What stands between them."""
    regex: str = "(.*)"
    """What the whole of the values must match."""
    target_label: str = ""
    """The label that `replace` sets."""
    replacement: str = "$1"
    """Its value; `$1` is the first group of the match."""
    action: Literal["replace", "keep", "drop", "labelmap", "labeldrop", "labelkeep"] = "replace"
    """`replace` sets a label, `keep` and `drop` choose targets; `labelmap` renames, `labeldrop` and
    `labelkeep` choose labels by their names."""

    @field_validator("regex")
    @classmethod
    def _compiles(cls, regex: str) -> str:
        try:
            re.compile(regex)
        except re.error as problem:
            raise ValueError(f"no regular expression: {problem}") from problem
        return regex


Rules = Iterable[RelabelRule]


def relabel(labels: Mapping[str, str], rules: Rules) -> Mapping[str, str] | None:
    """The labels after all rules; None: the target is dropped."""
    for rule in rules:
        text = rule.separator.join(labels.get(name, "") for name in rule.source_labels)
        match = re.fullmatch(rule.regex, text)
        if (rule.action == "keep" and not match) or (rule.action == "drop" and match):
            return None
        if rule.action == "replace" and match:
            labels = _replaced(labels, rule, match)
        elif rule.action.startswith("label"):
            labels = _renamed(labels, rule)
    return labels


def _replaced(
    labels: Mapping[str, str], rule: RelabelRule, match: re.Match[str]
) -> Mapping[str, str]:
    """A label that gets an empty value is removed."""
    changed = {**labels, rule.target_label: _expand(rule.replacement, match)}
    return {name: value for name, value in changed.items() if value}


def _renamed(labels: Mapping[str, str], rule: RelabelRule) -> Mapping[str, str]:
    matches = {name: re.fullmatch(rule.regex, name) for name in labels}
    if rule.action == "labelmap":
        copies = {
            _expand(rule.replacement, match): labels[name]
            for name, match in matches.items()
            if match
        }
        return {**labels, **copies}
    keeps = rule.action == "labelkeep"
    return {name: labels[name] for name, match in matches.items() if bool(match) == keeps}


def _expand(replacement: str, match: re.Match[str]) -> str:
    """`$1` and `${name}` in it; a group that is not there is empty."""

    def group(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        try:
            return match[int(name) if name.isdecimal() else name] or ""
        except IndexError:
            return ""

    return _GROUP.sub(group, replacement)
