"""The FastAPI application: Gradio mounted with its spare routes closed, our static files, and a health check."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from bot.answer import Evidence
from bot.errors import PatientRightsError
from bot.mcp import tools
from bot.official import OfficialWords, open_official
from bot.pipeline import Desk, open_desk
from bot.service import Service
from bot.web.api import ENDPOINTS, add_endpoints
from bot.web.auth import Login
from bot.web.journal import AccessLog
from bot.web.law import contents_page, section_page, where
from bot.web.middleware import INFO, App, Guard
from bot.web.opened import Opened
from bot.web.pages import pages
from corpus.citation import RuleCitation
from corpus.load import load
from ingest.editions import current

STATIC = Path(__file__).parent / "static"
HEAD = '<link rel="icon" href="/desk/icon.svg" type="image/svg+xml">'
HEAD += '<link rel="stylesheet" href="/desk/desk.css"><script src="/desk/desk.js" defer></script>'
HEAD += '<link rel="stylesheet" href="/desk/desk-pages.css"><script src="/desk/desk-pages.js" defer></script>'
# The reader's own faces: the one that Gradio ships lacks most letters in semi-bold, which mixes two faces in one word.
FACES = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
_LINK = re.compile(r'\b(href|src|action)="/')  # a quotation mark that somebody typed is escaped, and makes no link
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


def rooted(page: str, root: str) -> str:
    """A page of our own with its links under the prefix that a proxy takes off."""
    return _LINK.sub(rf'\1="{root}/', page)


def build_app(
    warming: Warming,
    home: Path,
    *,
    root: str = "",
    accounts: dict[str, bytes] | None = None,
    api: bool = False,
    mcp: bool = False,
) -> App:
    """The whole web application behind its guard.

    Args:
        warming: opens the desk.
        home: where the official text is kept.
        root: prefix, like "/desk", under which a proxy serves the desk; the proxy takes it off.
        accounts: bcrypt hashes by name; with any, nothing but the health check is served without a login.
        api: serve the four tools as endpoints of Gradio's API.
        mcp: serve them by the Model Context Protocol at /mcp.

    Raises:
        PatientRightsError: the package `mcp` is asked for and not installed.
    """
    official = _official(home)
    opened = Opened(warming.desk, warming.failure)
    service = Service(opened.wait, official)
    server = tools(service, any_host=accounts is not None) if mcp else None
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=_lifespan(server))
    app.mount("/desk", StaticFiles(directory=STATIC), name="desk")
    if server:
        app.router.routes.extend(server.streamable_http_app().routes)

    _add_health(app, warming)
    _add_law(app, warming, official, root)
    blocks = pages(opened, official)
    if api:
        with blocks:
            add_endpoints(service)
    blocks.queue(max_size=64, default_concurrency_limit=4, api_open=False)
    _mount(app, blocks, root)
    guarded = Guard(app, opened.uploads, open_routes=(INFO, *(f"/gradio_api/call/{name}" for name in ENDPOINTS)) if api else ())
    return AccessLog(guarded if accounts is None else Login(guarded, accounts))


def _add_health(app: FastAPI, warming: Warming) -> None:
    @app.get("/healthz")
    def healthz() -> JSONResponse:
        desk = warming.desk()
        if desk is None:
            return JSONResponse({"status": "failed" if warming.failure() else "warming"}, status_code=503)
        manifest = desk.retriever.edition.manifest
        return JSONResponse({"status": "ready", "edition": manifest.edition, "as_of": manifest.as_of, "counts": manifest.counts})


def _mount(app: FastAPI, blocks: Any, root: str) -> None:
    """Serve the pages at / with nothing of Gradio's that they do not need."""
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
        theme=gr.themes.Default(primary_hue="teal", font=FACES),
        head=rooted(HEAD, root),
        root_path=root or None,
    )


def _lifespan(server: Any) -> Any:
    """Runs the sessions of the MCP server, if there is one, for as long as the application runs."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if server:
                await stack.enter_async_context(server.session_manager.run())
            yield

    return lifespan


def missing(home: Path) -> list[str]:
    """What the desk goes without, and how to get it, a line each."""
    if current(home / "var" / "official") is None:
        return ["no official text is kept here, so answers show our plain words only; run `python -m ingest sync` to get it"]
    return []


def _official(home: Path) -> OfficialWords:
    try:
        return open_official(home)
    except PatientRightsError as e:
        log.error("%s", e)
        return OfficialWords()


def _add_law(app: FastAPI, warming: Warming, official: OfficialWords, root: str) -> None:
    """The pages of the rule itself."""
    corpus = load()

    @app.get("/law")
    @app.get("/law/")
    def contents(q: str = "") -> Response:
        asked = " ".join(q.split())[:300]
        if asked and (target := where(asked, corpus)):
            return RedirectResponse(root + target, status_code=303)
        near = _near(asked, warming)
        named = (c for e in near if e.passage.kind == "regulation" for c in e.passage.citations[:1] if isinstance(c, RuleCitation))
        found = [p for c in named if (p := corpus.provision(c))]
        return HTMLResponse(rooted(contents_page(corpus, official, asked, found), root))

    @app.get("/law/{section}")
    def section(section: str) -> Response:
        shown = section_page(section, corpus, official)
        if shown is None:
            return HTMLResponse(rooted(contents_page(corpus, official, section[:40]), root), status_code=404)
        return HTMLResponse(rooted(shown, root))


def _near(asked: str, warming: Warming) -> tuple[Evidence, ...]:
    desk = warming.desk() if asked else None
    if desk is None:
        return ()
    with desk.held() as held:
        return held.retriever.find(asked)
