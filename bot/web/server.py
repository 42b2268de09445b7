"""The FastAPI application: Gradio mounted with its spare routes closed, our static files, and a health check."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from bot.errors import PatientRightsError
from bot.official import OfficialWords, open_official
from bot.pipeline import Desk, open_desk
from bot.web.law import contents_page, section_page, where
from bot.web.middleware import App, Guard
from bot.web.opened import Opened
from bot.web.pages import pages
from corpus.citation import RuleCitation
from corpus.load import load

STATIC = Path(__file__).parent / "static"
HEAD = '<link rel="stylesheet" href="/desk/desk.css"><script src="/desk/desk.js" defer></script>'
HEAD += '<link rel="stylesheet" href="/desk/desk-pages.css"><script src="/desk/desk-pages.js" defer></script>'
log = logging.getLogger("patient_rights.web")


class Warming:
    """Opens the desk in the background, so that the page is there at once."""

    def __init__(self) -> None:
        self._desk: Desk | None = None
        self._failure: str | None = None

    def start(self) -> None:
        """Begin opening; answers one question so that the first visitor does not wait for the model to load."""
        threading.Thread(target=self._open, name="warming", daemon=True).start()

    def _open(self) -> None:
        try:
            desk = open_desk()
            desk.retriever.find("How do I get a copy of my records?")
        except PatientRightsError as e:
            self._failure = str(e)
            log.error("%s", e)
            return
        self._desk = desk
        log.info("ready edition=%s", desk.retriever.edition.manifest.edition)

    def desk(self) -> Desk | None:
        """The open desk; None while it is opening or when it could not open."""
        return self._desk

    def failure(self) -> str | None:
        """Why the desk could not open."""
        return self._failure


def build_app(warming: Warming, home: Path) -> App:
    """The whole web application behind its guard; `home` is where the official text is kept."""
    official = _official(home)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/desk", StaticFiles(directory=STATIC), name="desk")

    @app.get("/healthz")
    def healthz() -> JSONResponse:
        desk = warming.desk()
        if desk is None:
            return JSONResponse({"status": "failed" if warming.failure() else "warming"}, status_code=503)
        manifest = desk.retriever.edition.manifest
        return JSONResponse({"status": "ready", "edition": manifest.edition, "as_of": manifest.as_of, "counts": manifest.counts})

    _add_law(app, warming, official)
    opened = Opened(warming.desk, warming.failure)
    blocks = pages(opened, official)
    blocks.queue(max_size=64, default_concurrency_limit=4, api_open=False)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        show_error=False,
        allowed_paths=[],
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        max_file_size="1kb",
        theme=gr.themes.Default(primary_hue="teal"),
        head=HEAD,
    )
    return Guard(app, opened.uploads)


def _official(home: Path) -> OfficialWords:
    try:
        return open_official(home)
    except PatientRightsError as e:
        log.error("%s", e)
        return OfficialWords()


def _add_law(app: FastAPI, warming: Warming, official: OfficialWords) -> None:
    """The pages of the rule itself."""
    corpus = load()

    @app.get("/law")
    def contents(q: str = "") -> Response:
        asked = " ".join(q.split())[:300]
        if asked and (target := where(asked, corpus)):
            return RedirectResponse(target, status_code=303)
        desk = warming.desk() if asked else None
        near = desk.retriever.find(asked) if desk else ()
        named = (c for e in near if e.passage.kind == "regulation" for c in e.passage.citations[:1] if isinstance(c, RuleCitation))
        found = [p for c in named if (p := corpus.provision(c))]
        return HTMLResponse(contents_page(corpus, official, asked, found))

    @app.get("/law/{section}")
    def section(section: str) -> Response:
        shown = section_page(section, corpus, official)
        if shown is None:
            return HTMLResponse(contents_page(corpus, official, section[:40]), status_code=404)
        return HTMLResponse(shown)
