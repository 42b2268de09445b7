"""Builds the web app and serves it; no logic."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

GRACE = 5  # seconds that answers under way may take when the program is told to stop


def _root(text: str) -> str:
    root = "/" + text.strip("/") if text.strip("/") else ""
    if not all(ch.isalnum() or ch in "/-_." for ch in root):
        raise argparse.ArgumentTypeError(f"{text!r} is no path; write it like /desk")
    return root


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve the Patient Rights Desk.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--root-path", type=_root, default="", metavar="/PATH", help="prefix that a proxy in front takes off")
    parser.add_argument("--auth-file", type=Path, metavar="FILE", help="ask for a login; lines name:bcrypt-hash, as htpasswd -nB prints")
    parser.add_argument("--api", action="store_true", help="open ask, show, cite and triage to programs")
    parser.add_argument("--mcp", action="store_true", help="serve the same four to assistants at /mcp")
    return parser.parse_args()


def _port_fault(host: str, port: int) -> str:
    """Why the port cannot be used; empty when it can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as e:
            return f"port {port} on {host} cannot be used ({e.strerror}); try `make app PORT={port + 1}`"
    return ""


def main() -> int:
    """Serve until told to stop; 0 then, 1 when the port is taken or something that was asked for is missing."""
    args = _arguments()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, _stop_early)
    from ingest.__main__ import quiet

    quiet()
    if fault := _port_fault(args.host, args.port):
        print(f"error: {fault}", file=sys.stderr)
        return 1
    print(f"opening the desk on http://{args.host}:{args.port}{args.root_path} (Ctrl+C to stop)", flush=True)
    return _serve(args)


def _stop_early(number: int, frame: FrameType | None) -> None:
    """Stop before the server listens to signals: at once, for an exception here could be lost inside a library that is being loaded."""
    os._exit(0)


def _serve(args: argparse.Namespace) -> int:
    import uvicorn

    from bot.errors import PatientRightsError
    from bot.web.auth import read_accounts
    from bot.web.journal import without_content
    from bot.web.server import Warming, build_app, missing
    from ingest.settings import IngestSettings

    class Server(uvicorn.Server):
        """Stops with exit code 0 when told to."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if not self.should_exit:
                print(f"stopping; answers under way have up to {GRACE} seconds", file=out, flush=True)
            self.force_exit, self.should_exit = self.should_exit, True

    home, out = IngestSettings().home, sys.stdout
    try:
        accounts = read_accounts(args.auth_file) if args.auth_file else None
        warming = Warming()
        app = build_app(warming, home, root=args.root_path, accounts=accounts, api=args.api, mcp=args.mcp)
    except PatientRightsError as e:
        print(f"error: {e}", file=sys.stderr)
        return 1
    for line in missing(home):
        print(line, flush=True)
    with without_content():
        warming.start()
        Server(
            uvicorn.Config(
                app,
                host=args.host,
                port=args.port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
        ).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
