"""What was acknowledged is there, whatever happens to the process."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clickup_mlops.store import Store

ROOT = Path(__file__).parents[2]

CHILD = """
import sys, threading
from clickup_mlops.store import Store
from store_events import event

store = Store(sys.argv[1])

def put(thread):
    for n in range(100_000):
        key = f"{sys.argv[2]}-{thread}-{n}"
        store.inbox.put(event(key, f"lane{n % 7}"))
        # One write: the line is whole or missing, and it is sent only after the ack.
        sys.stdout.write(key + "\\n")

for thread in range(8):
    threading.Thread(target=put, args=[thread]).start()
"""


def killed_while_putting(url: str, run: int, seconds: float) -> list[str]:
    """Starts a child that puts from 8 threads, kills it; the keys that it reported as stored."""
    child = subprocess.Popen(
        [sys.executable, "-u", "-c", CHILD, url, str(run)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'store'}"},
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    remainder, _ = child.communicate()
    complete, _, _cut = (first + remainder).rpartition("\n")
    return complete.split("\n")


@pytest.mark.slow
def test_every_acknowledged_event_survives_kill_9(store: Store, store_url: str) -> None:
    """Killed at random moments, five times: no key that put returned for is missing."""
    chance = random.Random(7)
    acked: set[str] = set()
    for run in range(5):
        acked |= set(killed_while_putting(store_url, run, chance.uniform(0, 0.5)))

        stored = {row.key for row in store.inbox.list(None, 1_000_000)}
        assert acked <= stored

    assert len(acked) > 50
    store.inbox.put_many([])
    # A server may commit what a killed client sent a moment after the client is gone.
    assert store.inbox.depth(0).ready >= len(stored)
