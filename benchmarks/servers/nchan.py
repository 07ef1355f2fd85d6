"""Nchan: the publish-subscribe module of nginx, in C, as Debian packages it."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.connection import request
from benchmarks.marks import Mark, clock, cloudevent
from benchmarks.servers.base import Server, free_port

_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
_CONFIGURATION = """\
{user}daemon off;
master_process on;
worker_processes 1;
worker_rlimit_nofile 20000;
load_module {module};
pid {directory}/pid;
error_log stderr warn;
events {{ worker_connections 19000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{port} replay_cache=4096;
    location = /publish {{ nchan_publisher; nchan_channel_id events; }}
    location = /events {{ nchan_subscriber eventsource; nchan_channel_id events; }}
  }}
}}
"""


class Nchan(Server):
    """One worker process. Its events are posted one by one and kept in memory, ten of them."""

    name = "Nchan"
    path = "/events"
    easy = 100

    @classmethod
    def missing(cls) -> str | None:
        if _nginx() and _MODULE.exists():
            return None
        return "apt-get install nginx libnginx-mod-nchan"

    def start(self) -> subprocess.Popen[bytes]:
        self.port = free_port()
        configuration = self.directory / "nginx.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                # Only root may choose a user; its default could not enter the directory.
                user="user root;\n" if os.geteuid() == 0 else "",
                module=_MODULE,
                directory=self.directory,
                port=self.port,
            )
        )
        return subprocess.Popen(
            [_nginx() or "nginx", "-c", str(configuration), "-p", str(self.directory)],
            stdout=self.log,
            stderr=self.log,
        )

    def answers(self) -> bool:
        return self.gets("/")

    def send(self, marks: Sequence[Mark]) -> None:
        for mark in marks:
            self.connection.send(post(mark))


def _nginx() -> str | None:
    """Return the program's path; only root's PATH names its directory."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def post(mark: Mark) -> bytes:
    return request("/publish", cloudevent(mark), {})


def next_post(number: int) -> bytes:
    """Return a request that posts one event, due now."""
    return post(Mark(number, clock()))
