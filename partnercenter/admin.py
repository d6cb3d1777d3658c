"""The site administration: Django's admin behind our sign-in, for seeding and for looking."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _

from activitylog.origin import Channel
from partnercenter.access import coming_through, open_to_everyone, requires
from partnercenter.agents.views.sign_in import sign_out
from partnercenter.authority import RoleNeeded
from partnercenter.operation_admin import ReadOnlyAdmin

SITE_PERMISSION = "agents.use_site_administration"
ALL_METHODS = ("GET", "HEAD", "POST")
OPEN = {"login", "logout"}


class AgentAdminSite(AdminSite):
    """Marks each of the admin's views, once for all; signing in and out happen at our own pages."""

    site_header = _("Partner Center site administration")
    site_title = _("Site administration")
    index_title = _("Seed and look")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Takes in only what leads through our operations or is read-only.

        What libraries register would write past the log: roles stand in one reviewed table, and
        allauth's e-mail addresses are not used.
        """
        if admin_class and issubclass(admin_class, ReadOnlyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """All but the address that leads from a row to its own page: no row has one, and it
        trips over keys that are none.
        """
        urls = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        _mark_all(urls)
        return urls

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.has_perm(SITE_PERMISSION):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise RoleNeeded(SITE_PERMISSION)
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return HttpResponseRedirect(reverse("account_change_password"))


def _mark_all(patterns: list[Any]) -> None:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _mark_all(pattern.url_patterns)
        elif pattern.name in OPEN:
            pattern.callback = open_to_everyone(reason="leads to sign-in", methods=ALL_METHODS)(
                pattern.callback
            )
        else:
            pattern.callback = requires(SITE_PERMISSION, methods=ALL_METHODS)(
                coming_through(Channel.ADMIN)(pattern.callback)
            )
            pattern.callback.login_url = None  # strangers go to our sign-in at once
