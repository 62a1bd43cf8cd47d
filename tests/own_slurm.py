"""A Slurm cluster of a test's own: one node, two partitions of which one preempts the other."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.ports import reserve_port

_PROGRAMS = ("munged", "slurmctld", "slurmd", "squeue", "sbatch")
_CONFIG = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={daemon}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=bf_interval=2,sched_interval=2
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN
PartitionName=low Nodes={host} Default=YES State=UP PriorityTier=1 PreemptMode=REQUEUE
PartitionName=high Nodes={host} State=UP PriorityTier=10 PreemptMode=OFF
"""


class Slurm:
    """Its configuration, and its command line."""

    def __init__(self, config: Path) -> None:
        self.config = config

    def submit(self, name: str, script: str, *options: str) -> str:
        """The new job's id."""
        quiet = ("--parsable", "-o", "/dev/null")  # else a file in this folder
        command = ["sbatch", *quiet, "-J", name, *options, "--wrap", script]
        return self._run(*command).strip()

    def state(self, job: str) -> str:
        """Such as RUNNING."""
        return self._run("squeue", "-h", "--states=all", "-j", job, "-o", "%T").strip()

    def cancel(self, job: str) -> None:
        """End it."""
        self._run("scancel", job)

    def _run(self, *command: str) -> str:
        environment = os.environ | {"SLURM_CONF": str(self.config)}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


@contextmanager
def slurm() -> Iterator[Slurm]:
    """Once its node is idle. Skips where Slurm is not installed, or does not start."""
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)}: install slurm-wlm and munge")
    if os.geteuid() != 0:
        pytest.skip("a Slurm node runs jobs as their users: run as root")
    folder = Path(mkdtemp(prefix="slurm"))  # a short path: sockets have short names
    running: list[subprocess.Popen[bytes]] = []
    try:
        cluster = _start(folder, running)
        yield cluster
    finally:
        for process in reversed(running):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, running: list[subprocess.Popen[bytes]]) -> Slurm:
    for name in ("munge", "state", "spool"):
        (folder / name).mkdir(mode=0o700)
    munge, host = folder / "munge", socket.gethostname().partition(".")[0]
    (munge / "key").write_bytes(os.urandom(128))
    (munge / "key").chmod(0o600)
    config = folder / "slurm.conf"
    config.write_text(
        _CONFIG.format(folder=folder, host=host, controller=reserve_port(), daemon=reserve_port())
    )
    environment = os.environ | {"SLURM_CONF": str(config)}
    commands = (
        [
            "munged",
            "--foreground",
            "--force",
            f"--key-file={munge}/key",
            f"--socket={munge}/socket",
            f"--pid-file={munge}/pid",
            f"--log-file={munge}/log",
            f"--seed-file={munge}/seed",
        ],
        ["slurmctld", "-D"],
        ["slurmd", "-D", "-N", host],
    )
    for command in commands:
        log = (folder / f"{command[0]}.out").open("wb")
        running.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        time.sleep(1)
    cluster, end = Slurm(config), time.monotonic() + 40
    while time.monotonic() < end:
        nodes = subprocess.run(
            ["sinfo", "-h", "-p", "low", "-o", "%T"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
        )
        if nodes.stdout.strip().startswith(("idle", "mixed")):
            return cluster
        time.sleep(0.5)
    pytest.skip(f"Slurm did not start here: {nodes.stdout} {nodes.stderr:.200}")
