"""The publisher of the official text, as `corpus/sources.toml` names it: which date is newest, and the parts at that date."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from corpus.load import ROOT
from ingest.fetch import FetchError, Policy, Progress, fetch

SOURCES = ROOT / "sources.toml"


@dataclass(frozen=True)
class Publisher:
    """The eCFR versioner.

    Attributes:
        titles: address of the list of titles, each with the day it is up to date as of.
        full: address of a part's XML by part number; {date} stands for the day.
        policy: what may be fetched, and how patiently.
    """

    titles: str
    full: dict[str, str]
    policy: Policy

    def __str__(self) -> str:
        return urlunsplit((*urlsplit(self.titles)[:2], "", "", ""))

    def fetch(self, parts: Sequence[str], folder: Path, name: Callable[[str], str], progress: Progress | None = None) -> str:
        """Download the parts at their newest date into `folder`; returns that date, YYYY-MM-DD.

        Raises:
            FetchError: refused, not to be had, or a list of titles that gives no date.
        """
        day = self.newest(folder)
        for part in parts:
            fetch(self.full[part].replace("{date}", day), folder / name(part), self.policy, progress)
        return day

    def newest(self, folder: Path) -> str:
        """The day that title 45 is up to date as of; asked for first, since any later day is answered with an error."""
        path = fetch(self.titles, folder / "titles.json", self.policy)
        try:
            titles = json.loads(path.read_bytes())["titles"]
            day = str(next(t for t in titles if t["number"] == 45)["up_to_date_as_of"])
            date.fromisoformat(day)
        except (ValueError, KeyError, TypeError, StopIteration, RecursionError) as e:
            raise FetchError(f"{self.titles}: no date for title 45 in it, wanted the versioner's list of titles") from e
        finally:
            path.unlink(missing_ok=True)
        return day


def publisher(base_url: str = "", sources: Path = SOURCES) -> Publisher:
    """The publisher that `sources.toml` names.

    Args:
        base_url: another place with the versioner's layout: https on a listed host, or `http://127.0.0.1:PORT` on this machine.

    Raises:
        FetchError: the base is neither.
    """
    listed = tomllib.loads(sources.read_text(encoding="utf-8"))
    urls = {s["id"]: str(s["url"]) for s in listed["source"]}
    named = Publisher(urls["ecfr-titles"], {p: urls[f"ecfr-45-{p}"] for p in ("160", "164")}, Policy(tuple(listed["hosts"])))
    if not base_url:
        return named
    try:
        base = urlsplit(base_url)
        host = base.hostname or ""
    except ValueError as e:
        raise FetchError(f"PATIENT_RIGHTS_OFFICIAL_URL {base_url!r:.120}: not a web address") from e
    policy = named.policy
    if base.scheme == "http" and host in ("127.0.0.1", "::1"):
        policy = replace(policy, loopback=base.netloc)
    elif base.scheme != "https" or host not in policy.hosts:
        raise FetchError(
            f"PATIENT_RIGHTS_OFFICIAL_URL {base_url!r:.120}: wanted https on {', '.join(policy.hosts)} or http://127.0.0.1:PORT"
        )
    moved = {k: _moved(v, base.scheme, base.netloc) for k, v in {"titles": named.titles, **named.full}.items()}
    return Publisher(moved.pop("titles"), moved, policy)


def _moved(url: str, scheme: str, netloc: str) -> str:
    return urlunsplit((scheme, netloc, *urlsplit(url)[2:]))
