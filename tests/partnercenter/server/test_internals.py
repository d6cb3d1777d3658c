"""What isn't documented of waitress and gunicorn, by its names: an upgrade fails here first."""

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest

from partnercenter.server.worker import LIMITS


def test_what_we_replace_is_there() -> None:
    for owner, names in (
        (HTTPChannel, "parser_class task_class error_task_class readable writable handle_read"),
        (HTTPChannel, "handle_close received will_close request last_activity"),
        (HTTPRequestParser, "received completed error header_plus headers_finished body_rcv"),
        (WSGITask, "start get_environment set_close_on_finish"),
        (ThreadedTaskDispatcher, "add_task set_thread_count shutdown"),
        (BaseWSGIServer, "channel_class handle_accept pull_trigger in_connection_overflow"),
        (Worker, "run notify handle_exit"),
        (wasyncore, "loop dispatcher"),
        (Adjustments, " ".join(LIMITS)),
    ):
        assert [name for name in names.split() if not hasattr(owner, name)] == []
    assert BadRequest("why").body == "why"
