"""ClickHouse's HTTP interface over its engine in this process (chdb): what the tests of the store ask.

    python server.py [--password SECRET] [--tls CERTIFICATE KEY]

It listens on loopback, on a port that it prints, knows the user `callscope`, keeps everything in a folder that goes with it, and
ends when its standard input does. Questions are answered one after the other: a session of chdb has one current database and one
set of settings. What the interface does with compression, sessions, roles and quotas is not here.
"""

import argparse
import hmac
import os
import re
import ssl
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

# Members of the address that are no settings.
NOT_SETTINGS = {"compress", "decompress", "query", "database", "default_format", "query_id", "session_id", "user", "password", "role", "client_protocol_version"}
# Wrong user or password; no such user; a compressed body; no such thing (table, database).
AUTHENTICATION_FAILED, UNSUPPORTED, UNKNOWN_DATABASE, UNKNOWN_TABLE = 516, 344, 81, 60


class Failure(Exception):
    """What the engine or this interface refuses, with ClickHouse's number for it."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code

    def status(self):
        if self.code == AUTHENTICATION_FAILED:
            return 403
        return 404 if self.code in (UNKNOWN_DATABASE, UNKNOWN_TABLE) else 500


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Engine:
    """A session of chdb, for one question at a time."""

    def __init__(self, folder):
        self.lock = threading.Lock()
        self.session = Session(os.path.join(folder, "data"))
        self.body = os.path.join(folder, "body.bin")
        self.database = None
        self.settings = {}

    def ask(self, question, body, database, settings, form):
        with self.lock:
            if database != self.database:
                self._run("USE " + "`" + database.replace("`", "``") + "`")
                self.database = database
            self._set(settings)
            return self._run(self._whole(question, body), form)

    def _set(self, settings):
        """Makes these the settings, and no others: most questions have those of the one before."""
        for name in [name for name in self.settings if name not in settings]:
            del self.settings[name]
            # A parameter of a query has no default: it stays until it is said anew.
            if not name.startswith("param_"):
                self._run(f"SET {name} = DEFAULT")
        for name, value in settings.items():
            if self.settings.get(name) != value:
                if not re.fullmatch(r"\w+", name):
                    raise Failure(115, f"Code: 115. DB::Exception: Unknown setting {quoted(name)}. (UNKNOWN_SETTING)")
                self._run(f"SET {name} = {quoted(value)}")
                self.settings[name] = value

    def _whole(self, question, body):
        """A question with its body: rows to be inserted are read from a file, as a question of chdb ends at some bytes."""
        if not body:
            return question
        if not question:
            return body
        rows = re.fullmatch(r"(?s)(INSERT INTO .+?)\s+FORMAT\s+(\w+)\s*", question)
        if not rows:
            return question.encode() + b"\n" + body
        with open(self.body, "wb") as file:
            file.write(body)
        return f"{rows[1]} FROM INFILE {quoted(self.body)} FORMAT {rows[2]}"

    def _run(self, question, form="TabSeparated"):
        try:
            return self.session.query(question, form).bytes()
        except RuntimeError as error:
            found = re.search(r"Code: (\d+)", str(error))
            raise Failure(int(found.group(1)) if found else 1001, str(error)) from error

    def close(self):
        with self.lock:
            self.session.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body go out together, not waiting for each other's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        if urlsplit(self.path).path == "/ping":
            self.answer(200, b"Ok.\n")
        else:
            self.do_POST()

    def do_POST(self):
        # All of it, whatever the answer: the connection goes on.
        body = self.body()
        try:
            self.answer(200, self.result(body))
        except Failure as failure:
            text = str(failure).encode()
            self.answer(failure.status(), text, {"X-ClickHouse-Exception-Code": str(failure.code)})

    def result(self, body):
        said = parse_qsl(urlsplit(self.path).query, keep_blank_values=True)
        members = dict(said)
        self.authenticate()
        for name in ("compress", "decompress"):
            if members.get(name, "0") not in ("0", "false"):
                raise Failure(UNSUPPORTED, f"Code: {UNSUPPORTED}. DB::Exception: {name} is not spoken here. (SUPPORT_IS_DISABLED)")
        settings = {name: value for name, value in said if name not in NOT_SETTINGS}
        form = members.get("default_format", "TabSeparated")
        return self.server.engine.ask(members.get("query", ""), body, members.get("database") or "default", settings, form)

    def authenticate(self):
        user = self.headers.get("X-ClickHouse-User", "default")
        password = self.headers.get("X-ClickHouse-Key", "")
        if user != "callscope" or not hmac.compare_digest(password.encode(), self.server.password.encode()):
            text = f"{user}: Authentication failed: password is incorrect, or there is no user with such name."
            raise Failure(AUTHENTICATION_FAILED, f"Code: {AUTHENTICATION_FAILED}. DB::Exception: {text} (AUTHENTICATION_FAILED)")

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = []
        while True:
            length = int(self.rfile.readline().split(b";")[0], 16)
            parts.append(self.rfile.read(length))
            self.rfile.readline()
            if length == 0:
                return b"".join(parts)

    def answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A collector that ends, or doubts a certificate, hangs up: that is no news."""


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--password", default="")
    arguments.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    arguments = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="callscope-clickhouse-") as folder:
        server = Server(("127.0.0.1", 0), Handler)
        server.engine = Engine(folder)
        server.password = arguments.password
        if arguments.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*arguments.tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        # Whoever started this holds the other end, and ends with it.
        sys.stdin.buffer.read()
        server.shutdown()
        server.engine.close()


if __name__ == "__main__":
    main()
