"""Is it the database that cannot answer now, or is it a fault of ours?"""

import sqlite3

from django.db import InterfaceError, InternalError, OperationalError

# What Django calls internal errors, though the server only ended our wait: it closed a transaction
# that stood idle too long, or it is a standby that has not taken over yet.
ALSO_OUTAGES = {"25P03", "25006"}
# SQLite tells its outages (locked, full, gone) by numbers of their own; this one is a wrong query.
WRONG_QUERY = sqlite3.SQLITE_ERROR


def is_outage(error: BaseException | None) -> bool:
    """Whether this error, or one that led to it, is a database that is lost, busy or full.

    Locks and statements that waited too long and deadlocks are among them: the same request may
    succeed a moment later.
    """
    while error is not None:
        if _is_outage(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "sqlstate", None) in ALSO_OUTAGES
    number = getattr(error.__cause__, "sqlite_errorcode", 0)
    return isinstance(error, (OperationalError, InterfaceError)) and number != WRONG_QUERY
