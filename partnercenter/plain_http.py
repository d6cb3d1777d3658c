"""Programs that speak plain http to a server that has https."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from partnercenter.api.middleware import is_of_api
from partnercenter.applications.sign_in_errors import is_of_sign_in
from partnercenter.errors import https_required

WEBHOOKS = "/webhooks/"  # where the original registers webhooks, whatever the version


def refused_to_programs(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuses them with 403. A redirect, which pages get, would hide that the secret or the token
    has crossed the wire in clear, and the next one would do so too (OWASP ASVS 5.0, 4.1.2).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        in_clear = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if in_clear and _is_for_programs(request):
            return https_required(request)
        return get_response(request)

    return middleware


def _is_for_programs(request: HttpRequest) -> bool:
    is_of_webhooks = f"{request.path_info}/".startswith(WEBHOOKS)
    return is_of_api(request) or is_of_sign_in(request) or is_of_webhooks
