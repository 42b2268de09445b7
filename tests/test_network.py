"""By default nothing connects beyond this machine: not the tests, and not a question asked."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from pytest_socket import SocketConnectBlockedError

from ingest.settings import CHECKOUT

_ASK = """
import socket, sys
tried = []
connect = socket.socket.connect
def watched(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        tried.append(address)
        raise OSError("blocked")
    return connect(self, address)
def lookup(host, *args, **kwargs):
    tried.append(host)
    raise OSError("blocked")
socket.socket.connect = watched
socket.getaddrinfo = lookup
from bot.__main__ import main
code = main(["ask", "can they withhold records if I owe money?"])
print("TRIED", tried)
sys.exit(code)
"""


@pytest.mark.filterwarnings("ignore:A test tried")
def test_the_tests_cannot_reach_out() -> None:
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_a_question_is_answered_without_any_connection() -> None:
    done = subprocess.run([sys.executable, "-c", _ASK], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "45 CFR 164.524" in done.stdout
    assert "TRIED []" in done.stdout
