"""Downloads from the publisher: listed hosts and public addresses only, no redirect, capped, retried, taken up where they broke off.

The host's addresses are looked up first and all of them judged; the connection then goes to an address that was judged, by number, with
the host's name for TLS, so that a second look-up cannot lead elsewhere.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import SplitResult, urlsplit, urlunsplit

from corpus.errors import PatientRightsError

if TYPE_CHECKING:
    import httpx

Progress = Callable[[int, int | None], None]


class FetchError(PatientRightsError):
    """A download that was refused or did not arrive; one line."""


class _Again(FetchError):
    """A failure that may pass: worth another attempt."""


@dataclass(frozen=True)
class Policy:
    """What may be fetched, and how patiently.

    Attributes:
        hosts: names that may be asked, by https on port 443.
        loopback: "127.0.0.1:PORT" of a server on this machine that may be asked by plain http; empty for none.
        max_bytes: largest body taken.
        timeout: seconds without a byte before an attempt is given up.
        deadline: seconds for one attempt as a whole.
        attempts: how often to try.
        pause: seconds before the second attempt; doubled each time, at most 30.
    """

    hosts: tuple[str, ...]
    loopback: str = ""
    max_bytes: int = 8 * 1024 * 1024
    timeout: float = 20.0
    deadline: float = 180.0
    attempts: int = 4
    pause: float = 1.0

    def address(self, url: str) -> str:
        """The address to connect to.

        Raises:
            FetchError: the scheme, host or port is not allowed, or the host's name leads to an address that is not public.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as e:
            raise FetchError(f"{url!r:.120}: not a web address") from e
        if self.loopback and parts.scheme == "http" and parts.netloc == self.loopback and _is_loopback(host):
            return host
        if parts.scheme != "https" or host not in self.hosts or port not in (None, 443) or parts.username is not None:
            raise FetchError(f"{url!r:.120}: not fetched; wanted https on one of {', '.join(self.hosts)} (corpus/sources.toml)")
        return _public_address(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """True for an address of the open internet: not private, loopback, link-local, shared, multicast or wrapped around one that is."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if inner := ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None):
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


def _public_address(host: str) -> str:
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as e:
        raise _Again(f"{host}: name not found ({e}); is this machine online? else run `python -m ingest sync --from DIR`") from e
    for address in found:
        if not is_public(address):
            raise FetchError(f"{host}: its name leads to {address}, which is not a public address; not fetched")
    return found[0]


def _by_number(parts: SplitResult, address: str) -> str:
    host = f"[{address}]" if ":" in address else address
    return urlunsplit((parts.scheme, host if parts.port is None else f"{host}:{parts.port}", parts.path or "/", parts.query, ""))


def fetch(url: str, target: Path, policy: Policy, progress: Progress | None = None) -> Path:
    """Download one file to `target`.

    Args:
        progress: called with bytes so far and bytes in all (None when the server does not say).

    Raises:
        FetchError: refused by the policy, redirected, too large, not found, or still failing after the policy's attempts.
    """
    import tenacity

    policy.address(url)  # refuse before anything is opened
    attempt = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(_Again),
        stop=tenacity.stop_after_attempt(policy.attempts),
        wait=tenacity.wait_exponential(multiplier=policy.pause, max=30),
        reraise=True,
    )
    download = _Download(url, target, policy, progress)
    try:
        attempt(download.attempt)
    except _Again as e:
        raise FetchError(f"{e} (tried {policy.attempts} times)") from e
    return target


class _Download:
    """One download over several attempts; it remembers how far it came and which version of the file it holds."""

    def __init__(self, url: str, target: Path, policy: Policy, progress: Progress | None) -> None:
        self.url, self.target, self.policy, self.progress = url, target, policy, progress
        self.validator = ""  # the ETag or date of what `target` holds so far; empty when it cannot be taken up again

    def attempt(self) -> None:
        """Go on from where the last attempt broke off, or start.

        Raises:
            FetchError: not worth another attempt.
            _Again: worth one.
        """
        import httpx

        parts = urlsplit(self.url)
        address = self.policy.address(self.url)
        headers = {"Host": parts.netloc, "Accept-Encoding": "identity", "User-Agent": "patient-rights-desk"}
        done = self.target.stat().st_size if self.validator and self.target.exists() else 0
        if done:
            headers |= {"Range": f"bytes={done}-", "If-Range": self.validator}
        limits = httpx.Timeout(self.policy.timeout)
        try:
            with (
                httpx.Client(timeout=limits, follow_redirects=False, trust_env=False) as client,
                client.stream("GET", _by_number(parts, address), headers=headers, extensions={"sni_hostname": parts.hostname}) as response,
            ):
                done = self._accept(response, done)
                with self.target.open("ab" if done else "wb") as out:
                    self._copy(response, out, done)
        except httpx.TimeoutException as e:
            raise _Again(f"{self.url}: no answer within {self.policy.timeout:g} s") from e
        except httpx.HTTPError as e:
            raise _Again(f"{self.url}: connection broke off ({' '.join(str(e).split()) or type(e).__name__})") from e

    def _accept(self, response: httpx.Response, done: int) -> int:
        """Bytes of `target` to keep; refuses every answer that is not the file."""
        status = response.status_code
        if 300 <= status < 400:
            where = response.headers.get("location", "nowhere")
            raise FetchError(f"{self.url}: redirected to {where!r:.120}, not followed; check the address in corpus/sources.toml")
        if status in (408, 416, 429) or status >= 500:
            self.validator = "" if status == 416 else self.validator
            raise _Again(f"{self.url}: server answered {status}")
        if status not in (200, 206):
            raise FetchError(f"{self.url}: server answered {status}, wanted 200")
        goes_on = status == 206 and response.headers.get("content-range", "").startswith(f"bytes {done}-")
        if status == 206 and not goes_on:
            self.validator = ""
            raise _Again(f"{self.url}: server sent another stretch of the file than asked for")
        whole = "content-encoding" not in response.headers and response.headers.get("accept-ranges") == "bytes"
        if not goes_on:
            etag = response.headers.get("etag", "")
            self.validator = (etag if etag and not etag.startswith("W/") else response.headers.get("last-modified", "")) if whole else ""
        return done if goes_on else 0

    def _copy(self, response: httpx.Response, out: BinaryIO, done: int) -> None:
        length = response.headers.get("content-length", "")
        total = done + int(length) if length.isdigit() and "content-encoding" not in response.headers else None
        if total is not None and total > self.policy.max_bytes:
            raise FetchError(f"{self.url}: {total} bytes, wanted at most {self.policy.max_bytes}")
        end = time.monotonic() + self.policy.deadline
        for chunk in response.iter_bytes(64 * 1024):
            done += len(chunk)
            if done > self.policy.max_bytes:
                raise FetchError(f"{self.url}: more than {self.policy.max_bytes} bytes, wanted at most that")
            out.write(chunk)
            if self.progress:
                self.progress(done, total)
            if time.monotonic() > end:
                raise _Again(f"{self.url}: not done within {self.policy.deadline:g} s")
