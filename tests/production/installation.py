"""partnercenter as it runs in production: nginx speaks https, and two workers stand behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.partnercenter.installation import Installation
from tests.production.certificate import HOST
from tests.production.nginx import Nginx

SECRET = "a-secret-of-an-installation-that-lives-as-long-as-a-test-0123456789"


class Production(Installation):
    """DEMONSTRATION off, HTTPS on, one trusted proxy.

    `site`: its address, https and without a slash at the end; `plain_site`: the same over http;
    `behind`: the workers' own address, which is the proxy's to know.
    `certificate`: a file for whoever checks TLS, as REQUESTS_CA_BUNDLE, or as `verify` of a
    requests.Session whose `trust_env` is off.
    `manage(…)` runs a command on its database, and `log` holds what its workers wrote.
    """

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        super().__init__(
            database_url,
            folder,
            DEMONSTRATION="0",
            HTTPS="1",
            TRUSTED_PROXY_COUNT="1",
            ALLOWED_HOSTS=f"{HOST},127.0.0.1",
            SECRET_KEY=SECRET,
            **environment,
        )
        self._nginx = Nginx(folder, self.port)
        self.site, self.plain_site = self._nginx.site, self._nginx.plain_site
        self._environment.setdefault("SITE_URL", self.site)
        self.certificate = self._nginx.certificate

    @contextmanager
    def running(self) -> Iterator[None]:
        """While both run: the workers, and nginx in front of them."""
        with self.serving(), self._nginx.running():
            yield
