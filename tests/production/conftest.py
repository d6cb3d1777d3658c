"""What tests of the whole installation stand on."""

from collections.abc import Iterator

import pytest

from tests.production.installation import Production
from tests.production.nginx import program


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """On an SQLite file of its own, migrated and empty; one for all tests of a process.

    Agents and customers are made by `production.manage("shell", "--command", …)`.
    """
    if program() is None:
        pytest.skip("nginx was not found: install the package “nginx”.")
    folder = tmp_path_factory.mktemp("production")
    production = Production(f"sqlite:///{folder / 'database.sqlite3'}", folder)
    production.install()
    with production.running():
        yield production
