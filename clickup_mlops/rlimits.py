"""Limits of this process: memory and open files. Windows has none of them."""

from contextlib import suppress
from typing import Final

_UNLIMITED: Final = 65_536
"""What counts as enough open files."""


def limit_memory(most_bytes: int) -> None:
    """Let the process end rather than take more; it leaves no core file."""
    with suppress(ModuleNotFoundError):
        import resource

        for kind, most in ((resource.RLIMIT_DATA, most_bytes), (resource.RLIMIT_CORE, 0)):
            hard_limit = resource.getrlimit(kind)[1]
            value = most if hard_limit == resource.RLIM_INFINITY else min(most, hard_limit)
            resource.setrlimit(kind, (value, value))


def raise_open_files() -> int:
    """Allow as many open files as the administrator does; how many that is."""
    try:
        import resource
    except ModuleNotFoundError:
        return _UNLIMITED
    now, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _UNLIMITED if hard_limit == resource.RLIM_INFINITY else min(hard_limit, _UNLIMITED)
    if now == resource.RLIM_INFINITY or now >= most:
        return _UNLIMITED if now == resource.RLIM_INFINITY else now
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard_limit))
    return most


def possible_descriptors() -> range:
    """The numbers that open files of this process may have."""
    try:
        import resource
    except ModuleNotFoundError:
        return range(0)
    return range(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
