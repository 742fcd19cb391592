"""A timestamp authority of its own for a test: OpenSSL's, behind a tiny HTTP server."""

import subprocess
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = 演示时间戳
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[tsa_cert]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = serial
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def make(folder):
    """Make the authority's root (root.pem), certificate and key in a folder."""
    folder.mkdir()
    (folder / "openssl.cnf").write_text(_CONFIG)
    (folder / "serial").write_text("01")
    for name, extensions, more in (("root", "ca", ()), ("tsa", "tsa_cert", ("-CA", "root.pem", "-CAkey", "root.key"))):
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8"]
        command += ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-config", "openssl.cnf", "-days", "30"]
        command += ["-subj", f"/CN=TSA {name}", "-extensions", extensions, *more]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


class Answers:
    """How the authority answers: `mode` is good, slow (not before `over`), error, junk or replay; `asked` counts."""

    def __init__(self, folder):
        self.folder, self.mode, self.asked, self.first = folder, "good", 0, None
        self.over = threading.Event()

    def to(self, query):
        self.asked += 1
        if self.mode == "slow":
            self.over.wait()
        if self.mode == "junk":
            return b"\x30\x03\x02\x01"
        if self.mode == "replay" and self.first:
            return self.first
        (self.folder / "query.tsq").write_bytes(query)
        command = [
            "openssl",
            "ts",
            "-reply",
            "-queryfile",
            "query.tsq",
            "-config",
            "openssl.cnf",
            "-section",
            "tsa_config",
        ]
        subprocess.run([*command, "-out", "reply.tsr"], cwd=self.folder, check=True, capture_output=True)
        answer = (self.folder / "reply.tsr").read_bytes()
        self.first = self.first or answer
        return answer


@contextmanager
def running(folder):
    """Yield (address, Answers) of an authority that listens as long as the block lasts."""
    answers = Answers(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = answers.to(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(500 if answers.mode == "error" else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # whoever asked has gone
                self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", answers
    finally:
        answers.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
