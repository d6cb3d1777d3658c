"""Where programs sign in: the addresses of Microsoft's two generations, under any tenant.

Some clients end addresses with a slash.
"""

from django.urls import re_path

from partnercenter.applications.sign_in_errors import REST
from partnercenter.applications.views import consent, oauth

urlpatterns = [
    re_path(r"^(?P<tenant>[^/]+)/oauth2/(?:v2\.0/)?token/?$", oauth.token, name="token"),
    re_path(
        r"^(?P<tenant>[^/]+)/oauth2/(?:v2\.0/)?authorize/?$", consent.authorize, name="authorize"
    ),
    re_path(
        r"^(?P<tenant>[^/]+)/oauth2/(?:v2\.0/)?devicecode/?$", oauth.device_code, name="device_code"
    ),
    re_path(
        r"^(?P<tenant>[^/]+)/(?:v2\.0/)?\.well-known/openid-configuration/?$",
        oauth.metadata,
        name="openid_configuration",
    ),
    re_path(r"^(?P<tenant>[^/]+)/discovery/instance/?$", oauth.instance, name="instance_discovery"),
    re_path(r"^(?P<tenant>[^/]+)/discovery/v2\.0/keys/?$", oauth.keys, name="token_keys"),
    re_path(f"^{REST}$", oauth.nothing, name="sign_in_unknown"),
]
