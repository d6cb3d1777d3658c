"""The courier: plans and delivers, again and again, beside the requests of a server's worker.

What is sent at once is sent in threads that know no database, at most one for each webhook: a
receiver that is slow or down holds up nobody but itself.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from queue import Empty, Queue
from threading import Event, Thread
from uuid import UUID

from django.db import connections

from partnercenter.outages import is_outage
from partnercenter.webhooks.delivery import Claim, claim_next, message_for, store
from partnercenter.webhooks.messages import Message
from partnercenter.webhooks.models import Failure
from partnercenter.webhooks.planning import plan
from partnercenter.webhooks.sending import Outcome, send

INTERVAL = 2.0  # seconds between two looks at the database
AT_ONCE = 8
LONGEST = 30.0  # seconds; a receiver that answers one byte at a time is not waited for
STOPPING = 20.0  # seconds, in which what is on its way mostly ends

logger = logging.getLogger("partnercenter.webhooks")


class UnderWay:
    """The attempts that are on their way, and how they end."""

    def __init__(self) -> None:
        self._begun: dict[Claim, float] = {}
        self._ended: Queue[tuple[Claim, Outcome]] = Queue()

    def __len__(self) -> int:
        return len(self._begun)

    @property
    def webhooks(self) -> set[UUID]:
        return {claim.delivery.webhook_id for claim in self._begun}

    def begin(self, claim: Claim) -> None:
        self._begun[claim] = time.monotonic()
        message = message_for(claim)
        if isinstance(message, Outcome):
            self._ended.put((claim, message))
        else:
            Thread(target=self._send, args=(claim, message), daemon=True).start()

    def ended(self) -> Iterator[tuple[Claim, Outcome]]:
        """Those that end within the interval, and those that last too long."""
        try:
            claim, outcome = self._ended.get(timeout=INTERVAL)
            if self._begun.pop(claim, None) is not None:
                yield claim, outcome
        except Empty:
            pass
        for claim in [claim for claim, begun in self._begun.items() if _is_over(begun)]:
            del self._begun[claim]
            yield claim, Outcome(failure=Failure.TIMEOUT)

    def _send(self, claim: Claim, message: Message) -> None:
        self._ended.put((claim, send(message)))


def _is_over(begun: float) -> bool:
    return time.monotonic() - begun > LONGEST


def carry_out(stop: Event | None = None) -> Counter[str]:
    """Plans and delivers until nothing is due; returns how often which outcome was stored, and
    under “planned” how many deliveries were made.

    Once `stop` is set it begins nothing new, and waits for what is on its way.
    """
    counts: Counter[str] = Counter()
    under_way = UnderWay()
    while True:
        if not (stop and stop.is_set()):
            counts["planned"] += plan()
            _begin(under_way)
        if not under_way:
            return counts
        for claim, outcome in under_way.ended():
            counts[store(claim, outcome)] += 1


def _begin(under_way: UnderWay) -> None:
    while len(under_way) < AT_ONCE:
        claim = claim_next(besides=under_way.webhooks)
        if claim is None:
            return
        under_way.begin(claim)


class Courier:
    """Carries out until it is stopped. Nothing that goes wrong ends it."""

    def __init__(self) -> None:
        self._stop = Event()
        self._is_outage = False
        self._thread = Thread(target=self.run, name="webhooks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def run(self) -> None:
        while not self._stop.is_set():
            self._round()
            self._stop.wait(INTERVAL)

    def stop(self) -> None:
        """Begins nothing new, and waits a while for what is on its way. Whatever is lost then is
        sent again by another courier once its claim has ended.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(STOPPING)

    def _round(self) -> None:
        try:
            carry_out(self._stop)
            self._is_outage = False
        except Exception as error:
            self._write_down(error)
        finally:
            connections.close_all()

    def _write_down(self, error: Exception) -> None:
        """An outage has one line, however long it lasts."""
        if not is_outage(error):
            logger.error("Delivering webhooks met a fault; it is tried again.", exc_info=error)
        elif not self._is_outage:
            logger.warning("The database does not answer; webhooks wait.")
            self._is_outage = True
