"""The roof: where each room's addresses begin."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic.base import RedirectView

from customers.urls import catalogue, usage
from customers.views.home import home
from partnercenter.access import open_to_everyone
from partnercenter.health import livez, readyz

favicon = open_to_everyone(reason="browsers ask for it before anybody signs in")(
    RedirectView.as_view(url="/static/img/favicon.svg")
)

urlpatterns = [
    path("", home, name="home"),
    path("", include("partnercenter.agents.urls")),
    path("customers/", include("customers.urls")),
    path("portal/", include("customers.portal.urls")),
    path("usage/", include((usage, "usage"))),
    path("prices/", include((catalogue, "catalogue"))),
    path("activity-log/", include("activitylog.urls")),
    path("api-access/webhooks/", include("partnercenter.webhooks.urls")),
    path("", include("partnercenter.applications.urls")),
    path("", include("partnercenter.api.urls")),
    path("", include("partnercenter.applications.sign_in_urls")),
    path("admin/", admin.site.urls),
    path("favicon.ico", favicon),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
]

handler400 = "partnercenter.errors.bad_request"
handler403 = "partnercenter.errors.permission_denied"
handler404 = "partnercenter.errors.page_not_found"
handler429 = "partnercenter.errors.too_many_requests"
handler500 = "partnercenter.errors.server_error"
