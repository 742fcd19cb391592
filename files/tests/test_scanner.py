"""The malware scanner, with a server that speaks clamd's protocol on a real socket."""

import socket
import socketserver
import struct
import threading

import pytest
from django.core.exceptions import ValidationError

from files import scanner

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.StreamRequestHandler):
    """Answers INSTREAM as the daemon does; `says` replaces its answer, `most` is its StreamMaxLength."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
            if len(data) > self.server.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
        self.wfile.write(found if self.server.says is None else self.server.says)


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, settings, tmp_path):
    path = str(tmp_path / "clamd")
    kinds = {"tcp": (socketserver.ThreadingTCPServer, ("127.0.0.1", 0)), "unix": (socketserver.UnixStreamServer, path)}
    kind, address = kinds[request.param]
    with kind(address, Clamd) as server:
        server.says, server.most = None, 1 << 20
        settings.CLAMD_URL = (
            f"tcp://127.0.0.1:{server.server_address[1]}" if request.param == "tcp" else f"unix://{path}"
        )
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield server
        server.shutdown()


def refused(data):
    with pytest.raises(ValidationError) as caught:
        scanner.scan(data)
    return caught.value


def test_up_14_malware_is_refused_and_clean_files_pass(clamd):
    scanner.scan(b"clean" * 50_000)

    assert refused(bytes(70_000) + EICAR).code == "malware"


@pytest.mark.parametrize(
    "junk", [b"", b"\0", b"UNKNOWN COMMAND\0", b"stream: OK but FOUND nothing\0", b"OK\0", b"x" * 9000]
)
def test_up_14_an_answer_that_is_none_lets_nothing_through(clamd, junk):
    clamd.says = junk

    assert "请稍后重试" in refused(b"clean").messages[0]


def test_up_14_a_file_too_long_for_the_scanner_is_refused(clamd):
    assert refused(bytes(3 << 20)).code == "scanner"


def test_up_14_no_scanner_behind_the_address_lets_nothing_through(settings, tmp_path, monkeypatch):
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody"
    assert refused(b"clean").code == "scanner"

    monkeypatch.setattr(scanner, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        assert refused(b"clean").code == "scanner"


def test_up_14_without_an_address_nothing_is_asked(settings):
    settings.CLAMD_URL = ""

    scanner.scan(EICAR)
