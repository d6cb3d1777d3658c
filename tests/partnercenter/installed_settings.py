"""The settings, but for the folder of the collected static files: installations run in parallel."""

import os
from pathlib import Path

from partnercenter.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["STATIC_ROOT"])
