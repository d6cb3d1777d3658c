"""Secrets of applications: random, so that a fast hash keeps them as well as a slow one would.

A slow hash protects what people think up. On 256 random bits it protects nothing, and makes each
request for a token a way to keep the server busy.
"""

import hashlib
import secrets
from typing import Any

from allauth.idp.oidc.models import Client
from django.contrib.auth.hashers import BasePasswordHasher
from django.utils.crypto import constant_time_compare

RANDOM_BYTES = 32


class RandomSecretHasher(BasePasswordHasher):
    """SHA-256 in the form of Django's password hashers, which django-allauth verifies with."""

    algorithm = "sha256_random_secret"

    def encode(self, password: str, salt: str) -> str:
        digest = hashlib.sha256(f"{salt}{password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def verify(self, password: str, encoded: str) -> bool:
        salt = self.decode(encoded)["salt"]
        return constant_time_compare(self.encode(password, salt), encoded)

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, digest = encoded.split("$")
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def safe_summary(self, encoded: str) -> Any:
        return {"algorithm": self.algorithm}

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: there is nothing to guess."""


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def keep_secret(client: Client, secret: str) -> None:
    """Makes it the client's only secret, unsaved; what is kept is its hash."""
    hasher = RandomSecretHasher()
    client.secret = hasher.encode(secret, hasher.salt())
