"""Where programs sign in: the addresses of Microsoft's two generations, under any tenant."""

from django.urls import path

from partnercenter.api.views import consent, oauth

urlpatterns = [
    path("<str:tenant>/oauth2/token", oauth.token, name="token_v1"),
    path("<str:tenant>/oauth2/v2.0/token", oauth.token, name="token"),
    path("<str:tenant>/oauth2/authorize", consent.authorize, name="authorize_v1"),
    path("<str:tenant>/oauth2/v2.0/authorize", consent.authorize, name="authorize"),
    path(
        "<str:tenant>/v2.0/.well-known/openid-configuration",
        oauth.metadata,
        name="openid_configuration",
    ),
    path("<str:tenant>/discovery/v2.0/keys", oauth.keys, name="token_keys"),
    path("generatetoken", oauth.generate_token, name="generate_token"),
]
