"""The project's one check, as sessions: `nox` runs all, `nox -s lint` one. `nox -l` lists them.

Sessions run in the environment that nox itself is installed in: `python3 run.py check` makes it.
"""

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager, nullcontext
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "architecture", "docs", "tests"]

# Tools come from the environment of this very Python, whether or not it is activated.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
# Container images set it; then every process of the tests compiles all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

LOCK = Path("deploy/requirements.txt")
MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
"""Bytes that tests may leave in temporary folders, and to spare."""


@nox.session
def lint(session):
    """Format and lint."""
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")


@nox.session
def types(session):
    """Strict types."""
    session.run("mypy")


@nox.session
def architecture(session):
    """Who may import whom; and every dependency is declared and used."""
    session.run("lint-imports")
    session.run("deptry", "clickup_mlops")


@nox.session
def docs(session):
    """Build the documentation; a broken link is an error."""
    session.run("zensical", "build", "--clean", "--strict")


@nox.session
def tests(session):
    """All tests, on all cores, with branch coverage on Python 3.14. Arguments go to pytest.

    With CI set, tests that failed are run once more, one at a time: some kill processes and wait
    for real clocks, which a busy runner can starve. A test that fails twice fails.
    """
    # Two more than the cores: a third of the time tests wait for processes and clocks.
    on_all_cores = ("-n", str((os.cpu_count() or 1) + 2), "--dist", "worksteal")
    with temporary_files_in_memory():
        prepare_tests(session)
        try:
            session.run("pytest", *on_all_cores, *coverage(), *session.posargs)
        except CommandFailed:
            if not os.environ.get("CI"):
                raise
            session.warn("Tests failed; running those again, one at a time.")
            failed = ("--last-failed", "--last-failed-no-failures", "none")
            # The same arguments: a test that they do not select again would count as passed.
            session.run("pytest", *failed, *session.posargs)


def prepare_tests(session):
    """Let one process compile the tests of a new clone, in place of all workers at once."""
    if not Path("tests/__pycache__").is_dir():
        collect = ("pytest", "--collect-only", "-qq", *session.posargs)
        session.run(*collect, silent=True, success_codes=range(6))  # the tests say what is wrong


def coverage():
    """Where Python reports branches itself; before, tracing them doubles the time."""
    return ("--cov", "--cov-report", "term") if sys.version_info >= (3, 14) else ()


def temporary_files_in_memory():
    """A database's commits wait for the disk; no test is about a loss of power."""
    if not MEMORY.is_dir():
        return nullcontext()
    # Some tests start programs there.
    is_fit = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    is_fit = is_fit and shutil.disk_usage(MEMORY).free >= ROOM and os.access(MEMORY, os.W_OK)
    return temporary_files_in(MEMORY) if is_fit else nullcontext()


@contextmanager
def temporary_files_in(place):
    """What is started meanwhile has its temporary folder there; it is deleted at the end."""
    # A browser may still write while it ends.
    with tempfile.TemporaryDirectory(
        prefix="check-", dir=place, ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's files lie in it, and it runs as a user of its own
        before = dict(os.environ)
        os.environ["TMPDIR"] = folder
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


@nox.session
def soak(session):
    """Run the tests marked soak, and property tests with 500 examples; kill bot and migration a
    thousand times at chosen points, and the program while it moves 10,000 items sixty times at any
    point: nothing may be lost or done twice.
    """
    on_all_cores = ("-n", str(os.cpu_count() or 1))
    session.run("pytest", "--soak", *on_all_cores, *session.posargs)
    session.run(
        "pytest",
        *("-m", "hypothesis", "--timeout", "1200"),
        *on_all_cores,
        *session.posargs,
        env={"CLICKUP_MLOPS_TEST_EXAMPLES": os.environ.get("CLICKUP_MLOPS_TEST_EXAMPLES", "500")},
    )
    session.run(
        "pytest",
        "tests/flows/test_crashes.py",
        "tests/flows/test_crashes_hub.py",
        "tests/flows/test_crashes_reports.py",
        "tests/flows/test_incident_crashes.py",
        "tests/features/migration/run/test_kill.py",
        "tests/features/migration/test_program_killed.py",
        "-k",
        "kill_9 or dies or killed",
        "-rP",
        *session.posargs,
        env={
            "CLICKUP_MLOPS_TEST_KILLS": os.environ.get("CLICKUP_MLOPS_TEST_KILLS", "1000"),
            "CLICKUP_MLOPS_TEST_ITEMS": os.environ.get("CLICKUP_MLOPS_TEST_ITEMS", "10000"),
            "CLICKUP_MLOPS_TEST_PROGRAM_KILLS": os.environ.get(
                "CLICKUP_MLOPS_TEST_PROGRAM_KILLS", "60"
            ),
        },
    )


@nox.session
def generate(session):
    """Write again what is generated: config.example.toml and docs/reference/."""
    session.run("python", "tools/generate.py")


@nox.session
def lock(session):
    """Write deploy/requirements.txt from pyproject.toml: what servers install, with hashes.

    `-- --upgrade` takes newer versions; `-- --check` writes nothing and fails if it is out of date.
    """
    check = "--check" in session.posargs
    with tempfile.TemporaryDirectory() as folder:
        target = shutil.copy(LOCK, folder) if check else str(LOCK)
        session.run(
            *("uv", "pip", "compile", "--quiet", "pyproject.toml", "--output-file", target),
            *("--extra", "server", "--group", "build", "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--no-emit-index-url", "--no-annotate"),
            *(word for word in session.posargs if word != "--check"),
            env={"UV_CUSTOM_COMPILE_COMMAND": "nox -s lock"},
        )
        if Path(target).read_bytes() != LOCK.read_bytes():
            session.error("deploy/requirements.txt is out of date. Run: nox -s lock")


@nox.session
def manifests(session):
    """Write deploy/kubernetes/ again from the Helm chart and its values."""
    add_group(session, "kubernetes")
    session.run("python", "tools/manifests.py")


@nox.session
def release(session):
    """Cut a release, or try it: `nox -s release -- --help`."""
    add_group(session, "release")
    session.run("python", "tools/release.py", *session.posargs)


def add_group(session, name):
    """Install what most work does not need."""
    session.run("uv", "pip", "install", "--quiet", "--python", sys.executable, "--group", name)


@nox.session
def pictures(session):
    """Take the pictures in docs/images/ again; needs Chromium."""
    session.run("python", "tools/pictures.py")
