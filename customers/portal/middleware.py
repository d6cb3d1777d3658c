"""The portal as a site of its own, though it runs beside the dashboard."""

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from activitylog.origin import Channel, acting_from, current_origin
from customers.portal.sessions import COOKIE, ROOT


def set_apart(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Acts in the portal bear its channel, and an agent who tries it is nobody there.

    His cookies are not looked at, so that neither his session nor his preferences come in, nor is
    anything asked of the database for them. The token of forms is no secret between the two.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return get_response(request)
        ours = (COOKIE, settings.CSRF_COOKIE_NAME)
        request.COOKIES = {name: request.COOKIES[name] for name in ours if name in request.COOKIES}
        with acting_from(replace(current_origin(), channel=Channel.PORTAL)):
            return get_response(request)

    return middleware
