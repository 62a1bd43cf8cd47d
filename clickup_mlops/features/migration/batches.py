"""Iterables in pieces. Pure."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size`, each read when it is asked for."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
