"""Self-serve policies: the switches, as programs move them.

Source: partner-center facts, section 3; its section 9 has the contradictions and the choices.
"""

from typing import Annotated, Literal

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from customers.api import examples
from customers.api.finding import customer_of, guid, refusals_as_faults
from customers.models import Customer, Resource
from customers.operations.self_serve_policies import (
    create_policy,
    delete_policy,
    no_policy,
    replace_policy,
)
from customers.self_serve_policies import Policy, policy_id, policy_of, with_policies
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.collections import Collection, PageQuery, listed, whole
from partnercenter.api.faults import (
    FAULTS,
    FOREIGN_GRANTOR,
    POLICY_ID_INCORRECT,
    READING_FAULTS,
    Fault,
)
from partnercenter.api.repeats import once
from partnercenter.api.strict import (
    IF_MATCH_PARAMETER,
    Body,
    EtagBody,
    ResourceBody,
    expected_etag,
)
from partnercenter.api.wire import (
    Attributes,
    Guid,
    Wire,
    bodies,
    json_response,
    named,
    no_content,
    shown_as,
)

router = Router(tags=["Self-serve policies"], by_alias=True)
READING = requires_token("customers.view_purchasepermission", person=True, throttled=False)
WRITING = requires_token("customers.change_purchasepermission", person=True, throttled=False)
BY_NAME = ("sort_name", "id")


class SelfServeEntityBody(Body):
    self_serve_entity_type: Annotated[Literal["customer"], named("customer")]
    tenant_id: Guid = Field(alias="tenantID", description="The customer who may purchase.")


class GrantorBody(Body):
    grantor_type: Annotated[Literal["billToPartner"], named("billToPartner")]
    tenant_id: Guid = Field(alias="tenantID", description="Your own tenant, as /profiles says.")


class PermissionBody(Body):
    resource: Annotated[Literal["AzureReservedInstances", "AzureSavingsPlan"], named(*Resource)]
    action: Annotated[Literal["Purchase"], named("Purchase")]


class SelfServePolicyBody(ResourceBody):
    """What clients send. The etag counts where a policy is replaced, and may be left out."""

    id: str | None = Field(default=None, description="Of the policy that is replaced.")
    self_serve_entity: SelfServeEntityBody
    grantor: GrantorBody
    permissions: list[PermissionBody] = Field(
        min_length=1, description="Everything that the customer may purchase from now on."
    )
    attributes: EtagBody = EtagBody()

    @property
    def resources(self) -> set[Resource]:
        return {Resource(permission.resource) for permission in self.permissions}


class SelfServeEntity(Wire):
    self_serve_entity_type: Literal["customer"]
    tenant_id: Guid = Field(alias="tenantID")


class Grantor(Wire):
    grantor_type: Literal["billToPartner"]
    tenant_id: Guid = Field(alias="tenantID")


class Permission(Wire):
    resource: Literal["AzureReservedInstances", "AzureSavingsPlan"]
    action: Literal["Purchase"]


class SelfServePolicy(Wire):
    model_config = shown_as(examples.POLICY)

    id: str
    self_serve_entity: SelfServeEntity
    grantor: Grantor
    permissions: list[Permission]
    attributes: Attributes


class SelfServePolicies(Collection[SelfServePolicy]):
    pass


class PoliciesQuery(PageQuery):
    entity_id: Guid | None = Field(
        default=None, alias="entity_id", description="A customer's id; without one, all policies."
    )


@router.get(
    "",
    auth=READING,
    response={200: SelfServePolicies, **READING_FAULTS},
    operation_id="policies",
    summary="List self-serve policies",
)
def policies(request: ApiRequest, query: Query[PoliciesQuery]) -> HttpResponseBase:
    """A customer's policy, in a list of one or of none; or every customer's."""
    if query.entity_id:
        policy = policy_of(customer_of(query.entity_id))
        uri = f"/SelfServePolicy?entity_id={query.entity_id}"
        return whole([[policy] if policy else []], uri=uri, to_item=policy_json)
    return listed(
        request,
        with_policies(),
        query=query,
        order=BY_NAME,
        uri="/SelfServePolicy",
        filters={},
        to_item=_policy_json_of,
    )


@router.get(
    "/{policy_id}",
    auth=READING,
    response={200: SelfServePolicy, **READING_FAULTS},
    operation_id="policy",
    summary="One self-serve policy",
)
def policy(request: ApiRequest, policy_id: str) -> HttpResponse:
    """One policy. 404 with 600039 for a customer without one, with 600040 for a malformed id."""
    with refusals_as_faults():
        found = policy_of(_customer_in(policy_id))
        if found is None:
            raise no_policy()
    return json_response(policy_json(found))


@router.post(
    "",
    auth=WRITING,
    response={201: SelfServePolicy, **FAULTS},
    operation_id="create_policy",
    summary="Let a customer purchase",
    openapi_extra=bodies(new=examples.NEW_POLICY),
)
@once
def create(request: ApiRequest, body: SelfServePolicyBody) -> HttpResponse:
    """Lets the customer purchase. 409 with 600041 where there is a policy already."""
    customer = _customer_of(body)
    with refusals_as_faults():
        created = create_policy(customer=customer, resources=body.resources, by=request.auth)
    return json_response(policy_json(created), status=201)


@router.put(
    "",
    auth=WRITING,
    response={200: SelfServePolicy, **FAULTS},
    operation_id="replace_policy",
    summary="Replace a self-serve policy",
    openapi_extra={**bodies(replaced=examples.REPLACED_POLICY), "parameters": [IF_MATCH_PARAMETER]},
)
@once
def replace(request: ApiRequest, body: SelfServePolicyBody) -> HttpResponse:
    """Sets what the customer may purchase; the body says which policy it is."""
    return _replaced(request, body)


@router.put(
    "/{policy_id}",
    auth=WRITING,
    response={200: SelfServePolicy, **FAULTS},
    operation_id="replace_policy_by_id",
    summary="Replace a self-serve policy by its id",
    openapi_extra={**bodies(replaced=examples.REPLACED_POLICY), "parameters": [IF_MATCH_PARAMETER]},
)
@once
def replace_by_id(request: ApiRequest, policy_id: str, body: SelfServePolicyBody) -> HttpResponse:
    """The same under the policy's own address, as Microsoft's .NET SDK calls it."""
    if body.id is None:
        body.id = policy_id
    if body.id.lower() != policy_id:
        raise _incorrect_id()
    return _replaced(request, body)


@router.delete(
    "/{policy_id}",
    auth=WRITING,
    response={204: None, **FAULTS},
    operation_id="delete_policy",
    summary="Let a customer purchase nothing any more",
)
@once
def delete(request: ApiRequest, policy_id: str) -> HttpResponse:
    """Lets the customer purchase nothing any more."""
    with refusals_as_faults():
        delete_policy(customer=_customer_in(policy_id), by=request.auth)
    return no_content()


def policy_json(policy: Policy) -> SelfServePolicy:
    attributes = Attributes(object_type="SelfServePolicy", etag=policy.etag)
    return SelfServePolicy.model_validate({**policy.facts, "attributes": attributes})


def _policy_json_of(customer: Customer) -> SelfServePolicy | None:
    """None where it was deleted between the query for customers and the one for their switches."""
    found = policy_of(customer)
    return policy_json(found) if found else None


def _replaced(request: ApiRequest, body: SelfServePolicyBody) -> HttpResponse:
    customer = _customer_of(body)
    if body.id is not None and body.id.lower() != policy_id(customer.pk):
        raise _incorrect_id()
    with refusals_as_faults():
        replaced = replace_policy(
            customer=customer,
            resources=body.resources,
            etag=expected_etag(request, body.attributes),
            by=request.auth,
        )
    return json_response(policy_json(replaced))


def _customer_of(body: SelfServePolicyBody) -> Customer:
    """Whom the body is about. Raises Fault: 403 where the policy is not ours to grant."""
    if body.grantor.tenant_id != settings.TENANT_ID:
        raise Fault(
            403, FOREIGN_GRANTOR, _("The grantor has to be your own tenant, as /profiles says.")
        )
    return customer_of(body.self_serve_entity.tenant_id)


def _customer_in(text: str) -> Customer:
    """Whose policy the id is. Raises Fault (404) for an id that no policy of ours can have."""
    partner, _underscore, customer_id = text.lower().partition("_")
    if partner != settings.TENANT_ID or guid(customer_id) is None:
        raise _incorrect_id()
    found = Customer.objects.filter(pk=customer_id).first()
    if found is None:
        raise no_policy()
    return found


def _incorrect_id() -> Fault:
    return Fault(
        404, POLICY_ID_INCORRECT, _("The policy id has to be the partner's and the customer's id.")
    )
