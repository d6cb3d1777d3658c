"""Languages with a region, as bills and mails to a customer are written in them.

Source: Microsoft's REST reference, *Culture* and *Language* of a billing profile,
https://learn.microsoft.com/partner-center/developer/update-a-customer-s-billing-profile
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DEFAULT = "en-US"
COMMON = (
    "ar-SA", "bg-BG", "cs-CZ", "da-DK", "de-AT", "de-CH", "de-DE", "el-GR", "en-AU", "en-CA",
    "en-GB", "en-IE", "en-IN", "en-US", "en-ZA", "es-ES", "es-MX", "et-EE", "fi-FI", "fr-BE",
    "fr-CA", "fr-CH", "fr-FR", "he-IL", "hi-IN", "hr-HR", "hu-HU", "id-ID", "it-IT", "ja-JP",
    "ko-KR", "lt-LT", "lv-LV", "nb-NO", "nl-BE", "nl-NL", "pl-PL", "pt-BR", "pt-PT", "ro-RO",
    "sk-SK", "sl-SI", "sv-SE", "th-TH", "tr-TR", "uk-UA", "vi-VN", "zh-CN", "zh-HK", "zh-TW",
)  # fmt: skip

# Language, perhaps a script, region (RFC 5646, section 2.1).
_CULTURE = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<script>-[a-z]{4})?-(?P<region>[a-z]{2})\Z",
    re.ASCII | re.IGNORECASE,
)


def normalized(text: str) -> str:
    """The culture in the letters of RFC 5646, section 2.1.1: `ja-JP` for `JA_jp`.

    What isn't a culture is returned as it is, for the validator to refuse.
    """
    found = _CULTURE.match(text.strip().replace("_", "-"))
    if found is None:
        return text
    script = (found["script"] or "").title()
    return f"{found['language'].lower()}{script}-{found['region'].upper()}"


def validate_culture(text: str) -> None:
    """Raises ValidationError for a text that isn't a language with a region, well written."""
    if _CULTURE.match(text) is None or normalized(text) != text:
        raise ValidationError(
            _("Enter a language and a region, for example en-US or ja-JP."), code="invalid"
        )


def language_of(culture: str) -> str:
    """The language alone: `ja` of `ja-JP`."""
    return culture.partition("-")[0]
