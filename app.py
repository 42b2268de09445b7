"""Builds the web app and serves it; no logic."""

from __future__ import annotations

import argparse
import logging
import socket
import sys


def main() -> int:
    """Serve until interrupted; 1 when the port is taken."""
    parser = argparse.ArgumentParser(description="Serve the Patient Rights Desk.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    args = parser.parse_args()
    from ingest.__main__ import quiet

    quiet()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((args.host, args.port))
        except OSError as e:
            print(
                f"error: port {args.port} on {args.host} cannot be used ({e.strerror}); try `make app PORT={args.port + 1}`",
                file=sys.stderr,
            )
            return 1
    print(f"opening the desk on http://{args.host}:{args.port} (Ctrl+C to stop)", flush=True)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("patient_rights").setLevel(logging.INFO)
    import uvicorn

    from bot.web.server import Warming, build_app
    from ingest.settings import IngestSettings

    warming = Warming()
    warming.start()
    uvicorn.run(
        build_app(warming, IngestSettings().home),
        host=args.host,
        port=args.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
