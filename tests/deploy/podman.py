"""Podman with its files in a folder of its own, also inside a sandbox with fewer rights."""

import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.deploy.programs import ROOT, find, run

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PIP = Path("/etc/pip.conf")
LIMITS = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
"""What podman would raise, which not every root may."""
LOCKED_DOWN = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")


class Podman:
    """Its commands, in one mount namespace that leaves no mount behind."""

    def __init__(self, folder: Path, namespace: int) -> None:
        self._prefix = (find("nsenter"), "--mount", "--target", str(namespace), find("podman"))
        self._folders = tuple(f"--{name}={folder / name}" for name in ("root", "runroot", "tmpdir"))

    def __call__(self, *words: str) -> str:
        """What the command prints.

        Raises:
            AssertionError: it failed.
        """
        quiet = {"PODMAN_IGNORE_CGROUPSV1_WARNING": "1"}
        return run(*self._prefix, *self._folders, *words, variables=quiet)

    def build(self, base: str, tag: str) -> None:
        """The project's image on a local base, with the machine's certificates and index."""
        files = (file for file in (CERTIFICATES, PIP) if file.is_file())
        self(
            *("build", "--quiet", "--format=docker", "--isolation=chroot", "--network=host"),
            *(f"--volume={file}:{file}:ro" for file in files),
            *(*_limits(), f"--build-arg=PYTHON={base}", "--tag", tag),
            *("--file", str(ROOT / "deploy/container/Containerfile"), str(ROOT)),
        )

    def start(self, name: str, network: str, *words: str, **variables: str) -> None:
        """A container without any right that the image does not need; `words`: image, command."""
        settings = (f"--env={key}={value}" for key, value in variables.items())
        options = ("--detach", "--cgroups=disabled", f"--network={network}", *_limits())
        self("run", f"--name={name}", *options, *LOCKED_DOWN, *settings, *words)


def _limits() -> list[str]:
    bounds = {name: resource.getrlimit(number)[1] for name, number in LIMITS.items()}
    return [f"--ulimit={name}={value}:{value}" for name, value in bounds.items()]


@contextmanager
def opened() -> Iterator[Podman]:
    """Podman in a fresh folder. At the end its containers are stopped and all is deleted."""
    if os.geteuid():
        pytest.skip("needs root, for a mount namespace")
    # crun refuses a hierarchy of control groups that is half old, half new.
    holder = "umount /sys/fs/cgroup/unified 2>/dev/null; echo; exec sleep infinity"
    command = [find("unshare"), "--mount", "sh", "-c", holder]
    with (
        tempfile.TemporaryDirectory(prefix="podman-", ignore_cleanup_errors=True) as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE) as namespace,
        ExitStack() as stack,
    ):
        stack.callback(namespace.kill)  # whatever fails: its end is waited for
        assert namespace.stdout is not None and namespace.stdout.readline()
        podman = Podman(Path(folder), namespace.pid)
        stack.callback(podman, "rmi", "--force", "--all")
        stack.callback(podman, "rm", "--force", "--all", "--time=0")
        yield podman
