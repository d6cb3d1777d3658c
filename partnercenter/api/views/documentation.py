"""The documentation, for people and for programs. Whoever composes the API gives it to both."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from ninja import NinjaAPI

from partnercenter.access import View, open_to_everyone
from partnercenter.api.collections import LARGEST_PAGE
from partnercenter.api.fault_codes import CODES
from partnercenter.api.openapi import document
from partnercenter.api.reference import sections
from partnercenter.applications import shell_lines

REASON = "whoever writes a client reads it, and it says nothing of this installation"


def openapi_of(api: NinjaAPI) -> View:
    """The view of the OpenAPI document, which names the server that was asked."""

    @open_to_everyone(reason=REASON)
    def openapi(request: HttpRequest) -> HttpResponse:
        server = {"url": shell_lines.addresses(request)["base"]}
        return JsonResponse({**document(api), "servers": [server]})

    return openapi


def documentation_of(api: NinjaAPI) -> View:
    """The view of the page."""

    @open_to_everyone(reason=REASON)
    def documentation(request: HttpRequest) -> HttpResponse:
        context = {
            **shell_lines.addresses(request),
            "sections": sections(api),
            "codes": CODES,
            "largest_page": LARGEST_PAGE,
            "rate": settings.API_CALLS_A_MINUTE,
        }
        return render(request, "api/documentation.html", context)

    return documentation
