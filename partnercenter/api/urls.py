"""The roof of the API: which routers it is made of."""

from django.urls import path, re_path

from activitylog.api import TAG as AUDIT_RECORDS
from activitylog.api import router as audit_records
from customers.api import routers as customers_routers
from customers.api import tags as customers_tags
from partnercenter.api.declared import refuse_undeclared
from partnercenter.api.protocol import marked_urls, new_api, of_api, unknown
from partnercenter.api.views.documentation import documentation_of, openapi_of
from partnercenter.api.views.exchange import generate_token

api = new_api(version="1", tags=[*customers_tags, AUDIT_RECORDS])
for prefix, router in customers_routers:
    api.add_router(prefix, router)
api.add_router("/auditrecords", audit_records)
refuse_undeclared(api)

operations, _app_name, namespace = api.urls

urlpatterns = [
    path("api/", documentation_of(api), name="api_documentation"),
    path("api/openapi.json", openapi_of(api), name="openapi"),
    re_path(r"^generatetoken/?$", generate_token, name="generate_token"),
    path("v1/", (marked_urls(operations), "api", namespace)),
    re_path(r"^(?:webhooks/)?v1(?:/.*)?$", of_api(unknown), name="api_unknown"),
]
