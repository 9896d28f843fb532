"""The way in: an interpreter, an environment, a lock file, and nothing that names another machine."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config import bootstrap

ROOT = Path(__file__).resolve().parent.parent
LOCKS = (bootstrap.RUN_TIME, bootstrap.DEVELOPMENT)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A made-up machine: what is on its PATH, which modules its Pythons have, and what was run on it."""
    machine = SimpleNamespace(on_path={}, modules=set(), version=(3, 11), ran=[], root=tmp_path)
    venv = tmp_path / ".venv"
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", venv / "bin" / "python")
    monkeypatch.setattr("config.bootstrap.shutil.which", machine.on_path.get)
    monkeypatch.setattr(bootstrap, "has_module", lambda python, name: (python, name) in machine.modules)
    monkeypatch.setattr(bootstrap, "python_version", lambda python: machine.version)
    monkeypatch.setattr(bootstrap, "run", lambda command: machine.ran.append(list(command)))
    return machine


@pytest.fixture
def installed(machine):
    """The same machine with an environment and a lock file in it."""
    (machine.root / ".venv" / "bin").mkdir(parents=True)
    bootstrap.VENV_PYTHON.touch()
    for name in LOCKS:
        (machine.root / name).write_text(f"{name} as it was first\n")
    machine.modules.add((str(bootstrap.VENV_PYTHON), "pip"))
    return machine


class TestInterpreter:
    def test_the_running_one_is_taken_where_it_is_new_enough(self, machine):
        assert bootstrap.find_python() == sys.executable

    def test_a_newer_one_on_the_path_is_taken_instead_of_an_old_one(self, machine, monkeypatch):
        machine.on_path["python3.12"] = "/opt/python3.12"
        versions = {sys.executable: (3, 9), "/opt/python3.12": (3, 12)}
        monkeypatch.setattr(bootstrap, "python_version", versions.__getitem__)
        assert bootstrap.find_python() == "/opt/python3.12"

    def test_the_oldest_that_will_do_is_taken_among_several(self, machine, monkeypatch):
        machine.on_path |= {"python3.11": "/opt/python3.11", "python3.13": "/opt/python3.13"}
        versions = {sys.executable: (3, 9), "/opt/python3.11": (3, 11), "/opt/python3.13": (3, 13)}
        monkeypatch.setattr(bootstrap, "python_version", versions.__getitem__)
        assert bootstrap.find_python() == "/opt/python3.11"

    def test_a_refusal_says_what_is_needed_and_how_to_get_it(self, machine):
        machine.version = (3, 9)
        with pytest.raises(bootstrap.Refusal) as refusal:
            bootstrap.find_python()
        assert "needs Python 3.11 or newer" in str(refusal.value)
        assert "apt install python3.11" in str(refusal.value)

    def test_a_refusal_reaches_the_terminal_as_a_sentence(self, machine, capsys):
        machine.version = (3, 9)
        assert bootstrap.main(["setup"]) == 1
        assert capsys.readouterr().err.startswith("Innercircle needs Python 3.11")

    def test_the_version_of_a_real_interpreter_is_read(self):
        assert bootstrap.python_version(sys.executable) == sys.version_info[:2]


class TestEnvironment:
    def test_uv_makes_it_where_there_is_one(self, machine):
        machine.on_path["uv"] = "/usr/bin/uv"
        assert bootstrap.venv_command("py")[:2] == ["/usr/bin/uv", "venv"]
        assert bootstrap.install_command("py")[:3] == ["/usr/bin/uv", "pip", "install"]

    def test_venv_makes_it_where_ensurepip_is_there(self, machine):
        machine.modules.add(("py", "ensurepip"))
        assert bootstrap.venv_command("py") == ["py", "-m", "venv", str(bootstrap.VENV)]

    def test_a_bare_one_is_filled_by_the_pip_outside(self, machine):
        machine.modules.add(("py", "pip"))
        assert "--without-pip" in bootstrap.venv_command("py")
        assert bootstrap.install_command("py")[:4] == ["py", "-m", "pip", "--python"]

    def test_its_own_pip_comes_before_the_one_outside(self, machine):
        machine.modules |= {("py", "pip"), (str(bootstrap.VENV_PYTHON), "pip")}
        assert bootstrap.install_command("py")[0] == str(bootstrap.VENV_PYTHON)

    def test_no_installer_at_all_is_said(self, machine):
        with pytest.raises(bootstrap.Refusal, match="has no pip"):
            bootstrap.install_command("py")

    def test_one_that_runs_is_left_alone(self, installed):
        bootstrap.create_venv("py")
        assert installed.ran == []

    def test_one_whose_interpreter_is_too_old_is_made_anew(self, installed):
        installed.version = (3, 10)
        bootstrap.create_venv("py")
        assert [command[:3] for command in installed.ran] == [["py", "-m", "venv"]]
        assert not bootstrap.VENV_PYTHON.exists()


class TestStamps:
    def test_packages_are_installed_with_hashes(self, installed):
        bootstrap.install(bootstrap.RUN_TIME)
        assert installed.ran == [
            [*bootstrap.install_command("py"), "--require-hashes", "-r", bootstrap.RUN_TIME],
        ]

    def test_a_second_run_installs_nothing(self, installed):
        bootstrap.install(bootstrap.RUN_TIME)
        bootstrap.install(bootstrap.RUN_TIME)
        assert len(installed.ran) == 1

    def test_a_changed_lock_file_is_installed_again(self, installed):
        bootstrap.install(bootstrap.RUN_TIME)
        (installed.root / bootstrap.RUN_TIME).write_text("changed\n")
        bootstrap.install(bootstrap.RUN_TIME)
        assert len(installed.ran) == 2

    def test_another_interpreter_is_installed_for_again(self, installed):
        bootstrap.install(bootstrap.RUN_TIME)
        installed.version = (3, 12)
        assert not bootstrap.is_installed(bootstrap.RUN_TIME)

    def test_the_development_tools_cover_the_run_time(self, installed):
        bootstrap.install(bootstrap.DEVELOPMENT)
        bootstrap.install(bootstrap.RUN_TIME)
        assert [command[-1] for command in installed.ran] == [bootstrap.DEVELOPMENT]

    def test_the_run_time_does_not_cover_the_development_tools(self, installed):
        bootstrap.install(bootstrap.RUN_TIME)
        assert not bootstrap.is_installed(bootstrap.DEVELOPMENT)

    def test_a_failed_installation_leaves_no_stamp(self, installed, monkeypatch):
        def refuse(command):
            raise subprocess.CalledProcessError(1, command)

        monkeypatch.setattr(bootstrap, "run", refuse)
        assert bootstrap.main(["setup"]) == 1
        assert not bootstrap.is_installed(bootstrap.RUN_TIME)


class TestCommands:
    def test_the_makefile_names_each_of_them(self):
        targets = re.findall(r"^([a-z]+):.*?## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
        assert sorted(set(targets) - {"help"}) == sorted(bootstrap.COMMANDS)

    def test_each_failed_step_is_named_at_the_end(self, capsys):
        good = bootstrap.Step("good", [sys.executable, "-c", "print('not shown')"])
        bad = bootstrap.Step("bad", [sys.executable, "-c", "print('why'); raise SystemExit(3)"])
        assert bootstrap.failures_among(map(bootstrap.take, [good, bad])) == ["bad"]
        printed = capsys.readouterr().out
        assert "why" in printed
        assert "not shown" not in printed
        with pytest.raises(bootstrap.Refusal, match="failed: bad"):
            bootstrap.conclude(["bad"])

    @pytest.mark.parametrize(("ci", "required"), [("true", True), ("", False)])
    def test_a_missing_browser_is_a_failure_on_a_build_machine_only(self, ci, required):
        assert ("INNERCIRCLE_REQUIRE_BROWSER" in bootstrap.test_environment({"CI": ci})) is required


def requirements_in(lock: str) -> dict[str, str]:
    """Each requirement of a lock file with its continuation lines joined."""
    joined = (ROOT / lock).read_text().replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
    return {line.split()[0]: line for line in lines}


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS)
    def test_each_requirement_is_exact_and_hashed(self, lock):
        requirements = requirements_in(lock)
        assert len(requirements) > 50
        for requirement, line in requirements.items():
            assert re.fullmatch(r"[a-z0-9.-]+==[^\s;]+", requirement), requirement
            assert "--hash=sha256:" in line, requirement

    @pytest.mark.parametrize("lock", LOCKS)
    def test_no_address_and_no_folder_is_named(self, lock):
        text = (ROOT / lock).read_text()
        assert "://" not in text
        assert not re.search(r"(^|\s)/", text)

    def test_the_development_lock_holds_every_pin_of_the_run_time(self):
        assert requirements_in(bootstrap.RUN_TIME).keys() <= requirements_in(bootstrap.DEVELOPMENT).keys()

    @pytest.mark.parametrize("lock", LOCKS)
    def test_it_was_written_after_the_ranges(self, lock):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        tools = project["optional-dependencies"]["dev"] if lock == bootstrap.DEVELOPMENT else []
        locked = dict(requirement.split("==") for requirement in requirements_in(lock))
        for wanted in map(Requirement, project["dependencies"] + tools):
            assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), str(wanted)


def test_no_file_names_a_package_registry():
    """A machine installs from wherever it is set up to. The names stand here in pieces for this test."""
    hosts = ("pypi." + "org", "python" + "hosted.", "registry." + "npmjs", "deb." + "debian.")
    options = ("--" + "index-url", "--extra-" + "index-url")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in files
        if path.is_file()
        for host in hosts + options
        if host.encode() in path.read_bytes()
    ]
    assert named == []
