"""How commands come by a password without it standing on the command line."""

import getpass
import os
import sys


def asked_password() -> str:
    """From the variable AGENT_PASSWORD, or from standard input; at a terminal it is asked for."""
    if "AGENT_PASSWORD" in os.environ:
        return os.environ["AGENT_PASSWORD"]
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass("Password: ")
