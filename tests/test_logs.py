"""Log lines: the first one sets up the library that writes them."""

import subprocess
import sys

FIRST_LINES = """
import sys, threading
from clickup_mlops import logs
sys.setswitchinterval(1e-6)
log, start, problems = logs.get(), threading.Barrier(16), []
def write():
    start.wait()
    try:
        log.debug("first")
    except Exception as problem:
        problems.append(problem)
threads = [threading.Thread(target=write) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(problems)
"""


def test_threads_may_write_their_first_line_at_once() -> None:
    """None of them fails: the client writes one for each call, in any thread."""
    command = [sys.executable, "-c", FIRST_LINES]
    outcome = subprocess.run(command, capture_output=True, text=True, check=True)

    assert outcome.stdout == "[]\n"
