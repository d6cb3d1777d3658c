"""The settings' environment for tests; pytest loads it before anything reads the settings."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ["DEMONSTRATION"] = "0"
os.environ["HTTPS"] = "0"
os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["WEBHOOK_NETWORKS"] = "127.0.0.0/8,::1/128"  # receivers of tests
os.environ["TRUSTED_PROXY_COUNT"] = "0"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "sqlite:///var/unused.sqlite3")
# Playwright runs an event loop in the thread of the test, which Django would refuse to work in.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
