"""Sets up, runs and checks Innercircle on a machine that has Python 3.11 and make, and nothing else.

Law: the standard library only, and no syntax newer than Python 3.8. An interpreter that is too old has to be
able to read this file, or it could not say so.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
MINIMUM = (3, 11)
NEWEST_MINOR = 19
RUN_TIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"
# The development lock is compiled against the run-time lock and holds every pin of it.
COVERS = {RUN_TIME: (RUN_TIME,), DEVELOPMENT: (DEVELOPMENT, RUN_TIME)}
NOT_QUICK = "not slow and not browser"
LOCK_OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--strip-extras",
    "--allow-unsafe",
    "--no-emit-options",
    "--no-header",
)
CACHES = (".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache")


class Refusal(Exception):
    """A reason to stop, in a sentence that the person at the terminal can act on."""


@dataclass(frozen=True)
class Step:
    """One check: the name that is printed and the command behind it."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Outcome:
    """How a step ended, how long it took in seconds, and what it printed."""

    name: str
    seconds: float
    succeeded: bool
    output: str


# --- the interpreter ----------------------------------------------------------------------------------------


def python_version(python: str) -> tuple[int, int]:
    """Version (major, minor) of the interpreter at that path; (0, 0) where it does not run."""
    question = [python, "-c", "import sys; print(*sys.version_info[:2])"]
    answer = subprocess.run(question, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return (0, 0)
    major, minor = answer.stdout.split()
    return (int(major), int(minor))


def python_candidates() -> Iterator[str]:
    """The running interpreter, then those on the PATH, the oldest that will do first: most wheels fit it."""
    yield sys.executable
    for minor in range(MINIMUM[1], NEWEST_MINOR + 1):
        found = shutil.which(f"python3.{minor}")
        if found:
            yield found


def find_python() -> str:
    """Path of an interpreter that is new enough. Raises Refusal where there is none."""
    for candidate in python_candidates():
        if python_version(candidate) >= MINIMUM:
            return candidate
    raise Refusal(
        "Innercircle needs Python {}.{} or newer; this is {}.{} and no newer one is on the PATH.\n"
        "Install it and run the command again:\n"
        "  Debian, Ubuntu   apt install python3.11 python3.11-venv\n"
        "  Fedora           dnf install python3.11\n"
        "  macOS            brew install python@3.11".format(*MINIMUM, *sys.version_info[:2])
    )


def has_module(python: str, name: str) -> bool:
    return subprocess.run([python, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0


# --- the virtual environment --------------------------------------------------------------------------------


def venv_command(python: str) -> list[str]:
    """uv where it is installed; else venv; else venv without pip, as Debian's Python lacks ensurepip."""
    uv = shutil.which("uv")
    if uv:
        return [uv, "venv", "--quiet", "--python", python, str(VENV)]
    bare = [] if has_module(python, "ensurepip") else ["--without-pip"]
    return [python, "-m", "venv", *bare, str(VENV)]


def install_command(python: str) -> list[str]:
    """The installer that reaches into the environment: uv, its own pip, or the pip outside it."""
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(VENV_PYTHON)]
    # Twice quiet: warnings about a newer pip are not for the person who only wants to see the demo.
    if has_module(str(VENV_PYTHON), "pip"):
        return [str(VENV_PYTHON), "-m", "pip", "install", "-qq"]
    if has_module(python, "pip"):
        return [python, "-m", "pip", "--python", str(VENV_PYTHON), "install", "-qq"]
    raise Refusal(f"{python} has no pip: install uv, or pip (Debian, Ubuntu: apt install python3-pip).")


def create_venv(python: str) -> None:
    """Makes .venv, or leaves one alone that runs; one whose interpreter is gone or too old is made anew."""
    if VENV_PYTHON.exists() and python_version(str(VENV_PYTHON)) >= MINIMUM:
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    say("creating .venv")
    run(venv_command(python))


def stamp_of(requirements: str) -> Path:
    return VENV / f".{requirements}.stamp"


def fingerprint(requirements: str) -> str:
    """Changes with the lock file and with the interpreter, whose packages stand in a folder of its own."""
    version = "{}.{}".format(*python_version(str(VENV_PYTHON)))
    return f"{version} {hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()}"


def is_installed(requirements: str) -> bool:
    stamp = stamp_of(requirements)
    return stamp.exists() and stamp.read_text() == fingerprint(requirements)


def install(requirements: str) -> None:
    """Brings .venv up to the lock file; takes no time where its stamp says that nothing changed."""
    python = find_python()
    create_venv(python)
    if is_installed(requirements):
        return
    say(f"installing {requirements}")
    run([*install_command(python), "--require-hashes", "-r", requirements])
    for covered in COVERS[requirements]:
        stamp_of(covered).write_text(fingerprint(covered))


# --- running things -----------------------------------------------------------------------------------------


def say(text: str) -> None:
    """A line of our own among those of the tools; flushed, since theirs come from other processes."""
    print(f"== {text}", flush=True)


def run(command: Sequence[str]) -> None:
    """Runs a command in the project. Raises CalledProcessError where it fails."""
    subprocess.run(command, cwd=ROOT, check=True)


def manage(*arguments: str) -> list[str]:
    return [str(VENV_PYTHON), "manage.py", *arguments]


def tool(name: str, *arguments: str) -> list[str]:
    return [str(VENV / "bin" / name), *arguments]


def compile_texts() -> None:
    if (ROOT / "locale").is_dir():
        run(manage("texts_compile"))


def static_steps() -> list[Step]:
    """What can be checked without running a test."""
    return [
        Step("types", tool("mypy")),
        Step("import contracts", tool("lint-imports")),
        Step("template format", tool("djlint", "templates", "--check")),
        Step("template lint", tool("djlint", "templates", "--lint", "--quiet")),
        Step("migrations", manage("makemigrations", "--check", "--dry-run")),
        Step("system checks", manage("check")),
        Step("format", tool("ruff", "format", "--check", "--output-format", "concise", ".")),
        Step("lint", tool("ruff", "check", "--output-format", "concise", ".")),
    ]


def take(step: Step) -> Outcome:
    began = time.monotonic()
    ended = subprocess.run(
        step.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Outcome(step.name, time.monotonic() - began, ended.returncode == 0, ended.stdout)


def report(outcome: Outcome) -> None:
    """One line for a step that went well; its whole output for one that did not."""
    say(f"{outcome.name}: {'ok' if outcome.succeeded else 'FAILED'} ({outcome.seconds:.1f} s)")
    if not outcome.succeeded:
        print(outcome.output, flush=True)


def failures_among(outcomes: Iterable[Outcome]) -> list[str]:
    """Reports each and names those that failed."""
    failed = []
    for outcome in outcomes:
        report(outcome)
        if not outcome.succeeded:
            failed.append(outcome.name)
    return failed


def test_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """On a build machine a missing browser is a failure; elsewhere it is one line and a count."""
    required = {"INNERCIRCLE_REQUIRE_BROWSER": "1"} if environ.get("CI") == "true" else {}
    return {**environ, **required}


def tests_fail(arguments: Sequence[str]) -> bool:
    say("tests")
    # Browsers, servers and workers of their own are waited for: one more than there are processors keeps them busy.
    workers = str((os.cpu_count() or 1) + 1)
    pytest = [str(VENV_PYTHON), "-m", "pytest", "-n", workers, "--dist", "loadgroup", *arguments]
    return subprocess.run(pytest, cwd=ROOT, env=test_environment(os.environ), check=False).returncode != 0


def conclude(failed: Sequence[str]) -> None:
    if failed:
        raise Refusal("failed: " + ", ".join(failed))
    say("all passed")


# --- the commands, as the Makefile names them ---------------------------------------------------------------


def setup(arguments: Sequence[str]) -> None:
    """Environment, database, compiled texts and schedules, for running."""
    install(RUN_TIME)
    run(manage("migrate", "--noinput", "--verbosity", "0"))
    # The cache stands in the database where there is no Redis; a no-op where there is.
    run(manage("createcachetable"))
    compile_texts()
    run(manage("schedule_sync"))


def demo(arguments: Sequence[str]) -> None:
    """Set-up, then the demo in place of this process, so that Ctrl-C reaches one process only."""
    setup([])
    os.chdir(ROOT)
    os.execv(VENV_PYTHON, manage("demo", *arguments))


def test(arguments: Sequence[str]) -> None:
    """All static checks and all tests; with --no-static the tests alone, for a second database."""
    install(DEVELOPMENT)
    compile_texts()
    steps = [] if "--no-static" in arguments else static_steps()
    with ThreadPoolExecutor(max_workers=1) as pool:
        # Tests wait for servers and browsers now and then: one check after the other fills the gaps.
        outcomes = pool.map(take, steps)
        tests_failed = tests_fail([argument for argument in arguments if argument != "--no-static"])
        failed = failures_among(outcomes)
    conclude([*failed, "tests"] if tests_failed else failed)


def check(arguments: Sequence[str]) -> None:
    """All static checks and the tests that are quick."""
    test(["-m", NOT_QUICK, *arguments])


def bench(arguments: Sequence[str]) -> None:
    install(DEVELOPMENT)
    run([str(VENV_PYTHON), "-m", "benchmarks", *arguments])


def trust(arguments: Sequence[str]) -> None:
    install(DEVELOPMENT)
    run([str(VENV_PYTHON), "-m", "tests.trust", *arguments])


def lock(arguments: Sequence[str]) -> None:
    """Writes both lock files anew, keeping the versions that still fit; --upgrade looks for newer ones."""
    install(DEVELOPMENT)
    compiler = tool("pip-compile", *LOCK_OPTIONS, *arguments)
    run([*compiler, "--output-file", RUN_TIME, "pyproject.toml"])
    run([*compiler, "--extra", "dev", "-c", RUN_TIME, "--output-file", DEVELOPMENT, "pyproject.toml"])


def tidy(arguments: Sequence[str]) -> None:
    """Formats Python and templates, and mends what the linter can mend."""
    install(DEVELOPMENT)
    run(tool("ruff", "check", "--fix-only", "--quiet", "."))
    run(tool("ruff", "format", "."))
    # djlint ends with 1 where it changed a file, which is what it was asked for.
    subprocess.run(tool("djlint", "templates", "--reformat", "--quiet"), cwd=ROOT, check=False)


def messages(arguments: Sequence[str]) -> None:
    """Collects the texts to translate into locale/*.po and compiles them."""
    install(DEVELOPMENT)
    run(manage("texts_extract"))
    compile_texts()


def clean(arguments: Sequence[str]) -> None:
    """Removes what tools made; the data in var/ stay."""
    for folder in (VENV, *(ROOT / name for name in CACHES)):
        shutil.rmtree(folder, ignore_errors=True)


COMMANDS = {
    "setup": setup,
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "trust": trust,
    "lock": lock,
    "format": tidy,
    "messages": messages,
    "clean": clean,
}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=sorted(COMMANDS), help="as in the Makefile")
    chosen, arguments = parser.parse_known_args(argv)
    try:
        COMMANDS[chosen.command](arguments)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        print(f"failed: {subprocess.list2cmdline(failure.cmd)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
