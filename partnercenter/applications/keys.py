"""The RSA key that signs tokens: made by the first token, and sealed in the database.

Tokens are checked against the database, whatever their signature says. They are signed since
clients read them as JWTs, and anybody else can see that they are ours.
"""

from functools import lru_cache

from allauth.core.internal import jwkkit
from allauth.idp.oidc.models import PrivateKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from partnercenter.applications.models import SigningKey
from partnercenter.sealing import SealedOtherwise, seal, unseal

PURPOSE = "partnercenter.applications.keys"
BITS = 2048
THE_ONLY_ONE = 1


def signing_key() -> PrivateKey:
    """The key; a new one where there is none, or where SECRET_KEY does not open the one there is.

    Whoever comes second while it is made gets the one that was stored.
    """
    kept = SigningKey.objects.filter(pk=THE_ONLY_ONE).first() or _keep_new()
    try:
        return PrivateKey(pem=unseal(kept.sealed, purpose=PURPOSE), issued_at=kept.created_at)
    except SealedOtherwise:
        # This one and not the one that somebody else may have put in its place already.
        SigningKey.objects.filter(pk=kept.pk, sealed=kept.sealed).delete()
        return signing_key()


def _keep_new() -> SigningKey:
    key, _created = SigningKey.objects.get_or_create(
        pk=THE_ONLY_ONE, defaults={"sealed": seal(_new_pem(), purpose=PURPOSE)}
    )
    return key


def _new_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def load_keys_once() -> None:
    """Makes django-allauth remember the keys that it has loaded from their text.

    Loading takes 50 ms, since the key is proved to be one, and allauth does it for each token: that
    would be nearly all of the time that the token takes.
    """
    jwkkit.load_pem = lru_cache(maxsize=2)(jwkkit.load_pem)
