"""Names say what a value is: no pronouns, no bare participles."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PER_THOUSAND = 3
TESTS_PER_THOUSAND = 3.0
"""In tests, benchmarks and tools. Lower it when names became better; never raise it."""
WEAK = frozenset(
    [
        "anything",
        "asked",
        "bad",
        "came",
        "come",
        "did",
        "done",
        "each",
        "everything",
        "felt",
        "found",
        "given",
        "gone",
        "got",
        "heard",
        "held_back",
        "here",
        "it",
        "kept",
        "known",
        "left",
        "left_over",
        "lost",
        "made",
        "meant",
        "needed",
        "nobody",
        "noted",
        "one",
        "ones",
        "other",
        "others",
        "own",
        "rest",
        "said",
        "same",
        "seen",
        "sent",
        "shown",
        "some",
        "somebody",
        "something",
        "stuff",
        "such",
        "taken",
        "that",
        "them",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "this",
        "those",
        "thought",
        "told",
        "tried",
        "wanted",
        "what",
        "which",
        "who",
        "whole",
        "whom",
        "whose",
        "written",
    ]
)
"""Pronouns and participles that leave open what they stand for."""


def test_at_most_three_names_in_a_thousand_leave_open_what_they_are() -> None:
    """Variables, parameters, attributes of classes, functions and classes of the package."""
    assert _weak_per_thousand("clickup_mlops") <= PER_THOUSAND


def test_names_in_tests_become_better() -> None:
    """A reader of a failed test traces no more than one of the package."""
    assert _weak_per_thousand("tests", "benchmarks", "tools") <= TESTS_PER_THOUSAND


def test_no_parameter_of_a_public_function_has_such_a_name() -> None:
    """A caller reads the parameters of a function alone. `other` is the other operand."""
    signatures = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in _sources("clickup_mlops")
        for name, line, is_public_parameter in _bindings(path)
        if is_public_parameter and name in WEAK - {"other"}
    ]
    assert signatures == []


def _weak_per_thousand(*folders: str) -> float:
    names = [
        name.strip("_")
        for folder in folders
        for path in _sources(folder)
        for name, _, _ in _bindings(path)
    ]
    return 1000 * sum(name in WEAK for name in names) / len(names)


def _sources(folder: str) -> Iterator[Path]:
    return (ROOT / folder).rglob("*.py")


def _bindings(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Each name that is bound, its line, and whether it is a parameter of a public function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name=name, args=parameters):
                yield name, node.lineno, False
                for parameter in (
                    *parameters.posonlyargs,
                    *parameters.args,
                    *parameters.kwonlyargs,
                ):
                    yield parameter.arg, parameter.lineno, not name.startswith("_")
            case ast.ClassDef(name=name):
                yield name, node.lineno, False
            case ast.Name(id=name, ctx=ast.Store()):
                yield name, node.lineno, False
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name, node.lineno, False
