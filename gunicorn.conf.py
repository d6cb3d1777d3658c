"""How the production server runs: one worker a core, four threads each, on the loopback address.

A reverse proxy that speaks https stands in front of it; see the README's section on installing.
No thread ever waits for a client, even without one: see partnercenter/server/. Each worker delivers
webhooks beside its requests.
"""

import os

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from partnercenter import logs
from partnercenter.env import env_choice

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WORKERS", "2"))
threads = 4
worker_class = "partnercenter.server.worker.BufferingWorker"
# One path for all installations of an account, and nobody here asks for it.
control_socket_disable = True
logconfig_dict = logs.configuration(env_choice("LOG_LEVEL", "WARNING", logs.LEVELS))


def when_ready(server: Arbiter) -> None:
    """Says where the dashboard is, once it can be opened."""
    print(f"http://{bind}/", flush=True)  # noqa: T201


def post_worker_init(worker: Worker) -> None:
    """Starts the worker's courier, now that Django is set up in it."""
    from partnercenter.webhooks.courier import Courier

    courier = Courier()
    courier.start()
    worker.courier = courier  # type: ignore[attr-defined] # for worker_exit to find


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """Waits for the webhooks that are on their way, so that none is sent twice."""
    if courier := getattr(worker, "courier", None):
        courier.stop()
