"""nginx from Debian, answering the API's calls as a backend would: a server far faster than any generator."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

PATIENCE = 10.0
CONFIGURATION = """
daemon off; worker_processes 1; pid nginx.pid; error_log stderr crit;
events {{ worker_connections 32000; }}
http {{
    access_log off; keepalive_requests 1000000000; keepalive_timeout 1d; default_type application/json;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    server {{
        listen 127.0.0.1:{port} backlog=8192;
        location / {{ return 200 '{{"RC":0,"RM":"OK","result":{{}}}}'; }}
        location = /count {{ stub_status; }}
        location /admin/clients {{
            return 200 '{{"RC":0,"RM":"OK","result":{{"token":"{token}","expirationDate":"2099-01-01T00:00:00Z"}}}}';
        }}
    }}
}}
"""
TOKEN = "e" * 120  # of the length that a client token has


@contextmanager
def nginx(core: int) -> Iterator[int]:
    """Serve on loopback, kept on one core, and give the port. Exits where nginx is not installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        sys.exit("nginx is not installed, and these figures are against it: apt-get install nginx-light")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "nginx.conf").write_text(CONFIGURATION.format(port=port, token=TOKEN))
        command = ["taskset", "-c", str(core), program, "-p", folder, "-c", "nginx.conf"]
        with subprocess.Popen(command) as server:
            try:
                _wait_for(port)
                yield port
            finally:
                server.terminate()


def requests(port: int) -> int:
    """How many requests nginx has read, its own count: what no generator can flatter itself about."""
    with urlopen(f"http://127.0.0.1:{port}/count") as answer:
        return int(answer.read().split(b"\n")[2].split()[2])


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    sys.exit("nginx did not start")
