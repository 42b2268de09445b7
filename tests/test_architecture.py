"""Imports run one way, and each third-party engine is imported in its own place only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ingest.settings import CHECKOUT

ALLOWED = {
    "corpus": {"corpus"},
    "ingest": {"corpus", "ingest"},
    "bot": {"corpus", "ingest", "bot"},
    "evals": {"corpus", "ingest", "bot", "evals"},
}
ENGINES = {
    "chromadb": ("ingest/index.py", "evals/baselines/", "evals/bench.py"),
    "langchain_chroma": ("ingest/index.py", "evals/baselines/"),
    "sentence_transformers": ("ingest/embed.py",),
    "langchain_huggingface": ("ingest/embed.py",),
    "transformers": ("ingest/embed.py",),
    "peft": ("ingest/embed.py",),
    "torch": ("ingest/embed.py",),
    "pypdf": ("ingest/pdf.py",),
    "eyecite": ("bot/cite/cases.py",),
    "docx": ("ingest/word.py", "bot/cite/report.py", "bot/cite/wordmarks.py", "bot/letters/files.py", "bot/export/files.py"),
    "gradio": ("bot/web/", "app.py"),
    "spacy": ("bot/privacy.py",),
    "langchain": ("bot/generate/",),
    "langchain_openai": ("bot/generate/",),
    "langchain_anthropic": ("bot/generate/",),
    "langchain_ollama": ("bot/generate/",),
    "openai": ("bot/generate/",),
    "anthropic": ("bot/generate/",),
    "ollama": ("bot/generate/",),
    "mcp": ("bot/mcp.py",),
    "bcrypt": ("bot/web/auth.py",),
    "uvicorn": ("app.py",),
    "locust": ("evals/load/",),
}
FORBIDDEN = {"langchain_community", "langchain_classic", "pickle", "xml"}
TOP = {
    "bot",
    "corpus",
    "ingest",
    "evals",
    "tests",
    "app.py",
    "pyproject.toml",
    "README.md",
    "Makefile",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "SECURITY.md",
}


def _sources() -> list[Path]:
    return [p for package in ALLOWED for p in (CHECKOUT / package).rglob("*.py")] + [CHECKOUT / "app.py"]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", _sources(), ids=lambda p: str(p.relative_to(CHECKOUT)))
def test_imports_run_one_way(path: Path) -> None:
    name = str(path.relative_to(CHECKOUT))
    ours = {i.split(".")[0] for i in _imports(path)} & {*ALLOWED, "app", "tests"}
    allowed = ALLOWED.get(name.split("/", maxsplit=1)[0], {"bot", "ingest", "corpus"})
    assert ours <= allowed, f"{name} imports {ours - allowed}"


@pytest.mark.parametrize("path", _sources(), ids=lambda p: str(p.relative_to(CHECKOUT)))
def test_each_engine_is_imported_in_its_place_only(path: Path) -> None:
    name = str(path.relative_to(CHECKOUT))
    roots = {i.split(".")[0] for i in _imports(path)}
    assert not roots & FORBIDDEN
    for engine in roots & set(ENGINES):
        assert name.startswith(ENGINES[engine]), f"{name} imports {engine}"


def test_the_top_level_holds_what_is_agreed_and_no_more() -> None:
    ignored = {"var", "build"}
    found = {p.name for p in CHECKOUT.iterdir() if not p.name.startswith(".") and not p.name.endswith(".egg-info")} - ignored
    assert found == TOP
