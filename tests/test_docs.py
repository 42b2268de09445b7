"""What the documents say of settings, commands, sources and versions is true of the program."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import version
from urllib.parse import urlsplit

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from pydantic.fields import FieldInfo

from bot.settings import BotSettings
from ingest.settings import CHECKOUT, IngestSettings

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
SETTING_ROW = re.compile(r"^\| `PATIENT_RIGHTS_(\w+)` \| ([^|]+) \|", re.MULTILINE)
COMMAND = re.compile(r"python -m (bot|ingest|evals)(?: ([a-z]+))?([^`\n]*)")
TEST_NAME = re.compile(r"`(?:(tests/[\w/]+\.py))?::(test_\w+)`")
FLOORS = [
    ("gradio", "6.31"),
    ("chromadb", "1.5.9"),
    ("langchain-core", "1.2.22"),
    ("langchain-text-splitters", "1.1.2"),
    ("pypdf", "7.1"),
    ("transformers", "5.10"),
    ("torch", "2.6"),
]


def _fields() -> dict[str, FieldInfo]:
    return {name.upper(): field for c in (IngestSettings, BotSettings) for name, field in c.model_fields.items()}


@cache
def _help(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command, "--help"], cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def _requirements() -> dict[str, Requirement]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return {r.name: r for r in map(Requirement, named)}


def test_the_settings_table_has_every_setting_and_no_other() -> None:
    names = [name for name, _ in SETTING_ROW.findall(README)]
    assert sorted(names) == sorted(_fields())


def test_the_settings_table_gives_the_defaults() -> None:
    said = dict(SETTING_ROW.findall(README))
    fixed = {name: f"`{field.default}`" for name, field in _fields().items() if field.default_factory is None}
    assert {name: said[name] for name in fixed} == fixed


def test_make_help_lists_every_target_with_what_it_does() -> None:
    done = subprocess.run(["make", "--no-print-directory", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^make ([a-z]+) +(\S.*)$", done.stdout, re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert {name for name, _ in listed} == set(phony[1].split())
    assert len(listed) == len(done.stdout.splitlines())


def test_the_make_commands_of_the_readme_exist() -> None:
    named = set(re.findall(r"`make ([a-z]+)", README))
    assert {"app", "test"} <= named <= set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize(("program", "command", "rest"), sorted(set(COMMAND.findall(README))))
def test_the_python_commands_of_the_readme_are_accepted(program: str, command: str, rest: str) -> None:
    assert command, f"the README names `python -m {program}` without a command"
    assert re.search(rf"^ +{command} ", _help(program), re.MULTILINE)
    for flag in re.findall(r"--[a-z-]+", rest):
        assert flag in _help(program, command)


def test_every_program_stands_in_the_readme() -> None:
    assert {program for program, _, _ in COMMAND.findall(README)} == {"bot", "ingest", "evals"}


def test_the_changelog_has_an_unreleased_section() -> None:
    assert "\n## [Unreleased]\n" in (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_tests_that_the_security_page_names_exist() -> None:
    path, cited = "", TEST_NAME.findall((CHECKOUT / "SECURITY.md").read_text(encoding="utf-8"))
    assert cited
    for named, test in cited:
        path = named or path
        assert f"\ndef {test}(" in (CHECKOUT / path).read_text(encoding="utf-8"), f"{path} has no {test}"


def test_every_source_is_on_a_listed_host() -> None:
    sources = tomllib.loads((CHECKOUT / "corpus" / "sources.toml").read_text(encoding="utf-8"))
    urls = [urlsplit(s["url"]) for s in sources["source"]]
    assert {u.scheme for u in urls} == {"https"}
    assert {u.hostname for u in urls} == set(sources["hosts"])


@pytest.mark.parametrize(("name", "floor"), FLOORS)
def test_dependencies_are_held_and_installed_at_or_above_their_floors(name: str, floor: str) -> None:
    bounds = [s for s in _requirements()[name].specifier if s.operator in (">=", "==")]
    assert any(Version(s.version) >= Version(floor) for s in bounds), f"pyproject.toml lets {name} below {floor}"
    assert Version(version(name)) >= Version(floor)
