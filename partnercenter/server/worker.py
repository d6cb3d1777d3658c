"""The worker of the production server: gunicorn minds the processes, waitress the connections."""

import os
import resource
import time
from typing import Any

from gunicorn.errors import ConfigError
from gunicorn.workers.base import Worker
from waitress import create_server, wasyncore
from waitress.server import BaseWSGIServer

from partnercenter.server.connections import Channel, Dispatcher

IDLE_SECONDS = 125  # between two requests: longer than .NET (100 s), Go (90 s) and Caddy (120 s)
LAST_SECONDS = 2  # for clients to send what they have begun, once the server is to end
MINDING_SECONDS = 1  # between two looks at all connections
MOST_CONNECTIONS = 4000
MANY_CONNECTIONS = 100  # from here on a turn takes long, and more than one is accepted in each
OTHER_FILES = 256  # of the database, of answers and requests that are kept in files
MEGABYTE = 2**20
LIMITS: dict[str, Any] = {
    "max_request_header_size": 256 * 1024,
    # What is a little too large is read, and answered better than by the end of the connection.
    "max_request_body_size": 16 * MEGABYTE,
    # Of an answer, so much waits for the client: in memory, then in a file, then the thread waits.
    "outbuf_overflow": MEGABYTE,
    "outbuf_high_watermark": 1024 * MEGABYTE,
    "channel_timeout": IDLE_SECONDS,
    "cleanup_interval": 5,
}


class BufferingWorker(Worker):
    """Reads requests and writes answers for `threads` threads that never wait for a client."""

    @classmethod
    def check_config(cls, cfg: Any, _log: Any) -> None:
        """Raises ConfigError where gunicorn is to speak TLS: a proxy does."""
        if cfg.is_ssl:
            raise ConfigError("https is spoken by a proxy, as in docs/nginx.conf.")

    def run(self) -> None:
        """Until a signal ends the worker, or its parent is gone."""
        self._connections: dict[int, Any] = {}
        self._dispatcher = Dispatcher(self.cfg.threads)
        self._listeners = self._listen()
        self._mind()
        while self.alive and os.getppid() == self.ppid:
            self._turn(seconds=1)
        self._end()

    def handle_exit(self, *_signal: Any) -> None:
        """On SIGTERM: ends once everything that was accepted is answered."""
        self.alive = False
        for listener in getattr(self, "_listeners", ()):
            listener.pull_trigger()

    def _listen(self) -> list[BaseWSGIServer]:
        create_server(
            self.wsgi,
            self._connections,
            sockets=[listening.sock for listening in self.sockets],
            threads=0,  # ours are the dispatcher's
            backlog=self.cfg.backlog,
            connection_limit=_connection_limit(),
            ident=None,
            clear_untrusted_proxy_headers=False,  # addresses.py and settings.py know whom to trust
            asyncore_use_poll=True,
            **LIMITS,
        )
        listeners = [it for it in self._connections.values() if isinstance(it, BaseWSGIServer)]
        for listener in listeners:
            listener.channel_class = Channel
            listener.task_dispatcher = self._dispatcher
        return listeners

    def _turn(self, *, seconds: float) -> None:
        """Waits so long for something to happen, and does what there is to do."""
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._connections, count=1)
        for listener in self._listeners:
            if len(listener.active_channels) > MANY_CONNECTIONS:
                _take_waiting(listener, most=MANY_CONNECTIONS)
        if time.monotonic() - self._minded > MINDING_SECONDS:
            self._mind()

    def _mind(self) -> None:
        """Tells gunicorn that we are well, and ends connections whose clients take too long."""
        self._minded = time.monotonic()
        self.notify()
        for channel in self._channels():
            channel.will_close = channel.will_close or channel.is_overdue

    def _channels(self) -> list[Channel]:
        return [channel for it in self._listeners for channel in it.active_channels.values()]

    def _end(self) -> None:
        """Takes whom the system has let in already, since it would reset their connections; lets in
        nobody else, and answers them all.
        """
        for listener in self._listeners:
            _take_waiting(listener, most=self.cfg.backlog)
            wasyncore.dispatcher.close(listener)  # and not its trigger, which answers still need
        begun = time.monotonic()
        while (waited := time.monotonic() - begun) < self.cfg.graceful_timeout:
            channels = self._channels()
            if not channels:
                break
            for channel in channels:
                channel.is_last = True
                is_late = channel.is_awaited and waited > LAST_SECONDS
                channel.will_close = channel.will_close or channel.is_idle or is_late
            self._turn(seconds=0.1)
        self._dispatcher.shutdown(timeout=1)


def _take_waiting(listener: BaseWSGIServer, *, most: int) -> None:
    """Accepts so many of the connections that the system holds for us."""
    for _ in range(most):
        before = len(listener.active_channels)
        if not listener.in_connection_overflow:
            listener.handle_accept()
        if len(listener.active_channels) == before:
            return


def _connection_limit() -> int:
    """How many connections one worker holds at once. Each of them is an open file, of which the
    system allows few unless it is asked for more.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    if allowed == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(min(MOST_CONNECTIONS, allowed - OTHER_FILES), 16)
