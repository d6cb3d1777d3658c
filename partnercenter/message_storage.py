"""Sentences for the next page, in a cookie whose name has the prefix of all of ours."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class PrefixedCookieStorage(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}messages"


class MessageStorage(FallbackStorage):
    """In the cookie; what is too long for it in the session."""

    storage_classes = (PrefixedCookieStorage, SessionStorage)
