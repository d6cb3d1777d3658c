"""What is left of English on a page in another language: words that are neither data nor names."""

import re
from collections.abc import Iterator

from django.conf import settings

from activitylog.events import webhook_events
from customers.money import CURRENCIES
from tests.customers.pages import Part

# What stands in calls of the API and in webhooks to the letter, and their standards.
WIRE = (*webhook_events(), "Allow ヘッダー", "Authorization: Bearer", "GET", "GUID", "HEAD", "HTTP",
        "HTTPS", "JSON", "MS-ContinuationToken", "MS-CorrelationId", "MS-RequestId", "OAuth",
        "OpenAPI", "PKCE", "REST", "Retry-After", "Standard Webhooks", "URI", "URL", "Webhook",
        "application/json", "application/x-www-form-urlencoded", "camelCase", "continuationToken",
        "etag", "http", "https", "message", "null", "statusCode", "totalCount",
        "webhook-id", "webhook-signature", "webhook-timestamp")  # fmt: skip
# Words that stay as they are in every language.
NAMES = (settings.PARTNER_NAME, "Azure Retail Prices", "Azure portal", "Azure", "Microsoft",
         "JavaScript", "JSON Lines", "MSAL", "Web Direct", "Web サイト", "YYYY-MM-DD", "「none」",
         "English", "API", "CSP", "CSV", "IAM", "ID", "IP", "JP", "MB", "PIN", "SKU",
         "UTC", "UTF-8", *CURRENCIES, *WIRE)  # fmt: skip
NAME = re.compile("|".join(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])" for name in NAMES))
# The name of what was bought, as orders keep it; e-mail addresses and user principal names,
# addresses of pages, domain names, ids and their ends, digests, languages with regions; names of
# columns and settings, SKUs, regions.
DATUM = re.compile(
    r"(?:Credit for )?Reserved instance [\w.-]+, [\w.-]+, \d years?"
    r"|\S+@\S+|https?://\S+|[\w.-]+\.(?:example|com)\b|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}"
    r"|\(…[0-9a-f]+\)|\b[a-z]{2}-[A-Z]{2}\b|[A-Za-z0-9]+_[\w.-]+|japan(?:east|west)",
    re.ASCII,
)
WORD = re.compile(r"[A-Za-z]{2,}")

DATA = {"code", "kbd", "script", "style", "textarea"}
SPEAKING = {"alt", "aria-label", "placeholder", "title"}
SILENT = {"data-appearance", "data-copy", "data-passkey"}


def english(page: Part) -> list[str]:
    """Each text and each speaking attribute in which English words are left."""
    return [" ".join(text.split()) for text in texts_of(page) if is_english(text)]


def is_english(text: str) -> bool:
    return bool(WORD.search(NAME.sub(" ", DATUM.sub(" ", text))))


def texts_of(part: Part) -> Iterator[str]:
    """The texts and the speaking attributes of a page, without data."""
    if _is_data(part):
        return
    for name, value in part.attributes.items():
        if name in SPEAKING or (name.startswith("data-") and name not in SILENT):
            yield value
    for child in part.children:
        if isinstance(child, str):
            yield child
        elif child.name != "bdi" or part.name == "p":  # in a paragraph it may be a whole sentence
            yield from texts_of(child)


def _is_data(part: Part) -> bool:
    """Ids, secrets and what was typed; what names a language is written in that language."""
    is_code = "code" in part.attributes.get("class", "").split()
    return part.name in DATA or is_code or (part.name != "html" and "lang" in part)
