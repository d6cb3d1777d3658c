"""Users and roles: the people at the customer, and what each holds on which subscription."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from activitylog import clock
from customers.forms.customers import CustomerUserForm
from customers.models import Customer, CustomerUser, RoleAssignment, SignInLink
from customers.operations.sign_in_links import why_no_sign_in_link
from customers.operations.users import add_customer_user, remove_customer_user
from customers.readiness import readiness_of
from customers.views.warnings import warn_of_obstacle
from partnercenter.access import requires
from partnercenter.agents.roles import roles_granting
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest
from partnercenter.labels import told_apart
from partnercenter.lists import FilterForm
from partnercenter.paging import Page
from partnercenter.times import ago, ahead, exact

ADDING = "customers.add_customeruser"


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A sign-in link that still opens the portal: when it was sent, and when it expires."""

    link: SignInLink
    sent: tuple[str, str]
    expires: tuple[str, str]

    @classmethod
    def of(cls, link: SignInLink) -> "OpenLink":
        return cls(
            link=link,
            sent=(ago(link.created_at), exact(link.created_at)),
            expires=(ahead(link.expires_at), exact(link.expires_at)),
        )


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user of the customer, their roles, the sign-in links that wait for them, and whether they
    may be signed in to the portal now.
    """

    user: CustomerUser
    assignments: list[RoleAssignment]
    links: list[OpenLink]
    may_be_signed_in: bool

    @classmethod
    def of(cls, user: CustomerUser) -> "UserRow":
        """The user was read with roles and open links, and with `signed_in_lately`."""
        return cls(
            user=user,
            assignments=list(user.role_assignments.all()),
            links=[OpenLink.of(link) for link in user.sign_in_links.all()],
            may_be_signed_in=user.signed_in_lately,  # type: ignore[attr-defined] # annotated
        )


@requires("customers.view_customeruser")
def users(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    return _page(request, customer_id, CustomerUserForm())


@requires(ADDING, methods=("GET", "HEAD", "POST"))
def add_user(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    form = form_of(CustomerUserForm, request, instance=CustomerUser(customer=customer))
    if attempt(form, lambda: add_customer_user(user=form.instance, by=request.user)):
        names = {"user": str(form.instance)}
        messages.success(request, _("%(user)s was added.") % names)
        return redirect("customers:users", customer_id)
    return _page(request, customer_id, form)


@requires("customers.delete_customeruser", methods=("POST",))
def remove_user(request: AgentRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Removes the user with all roles; one who is removed already is no error."""
    users = CustomerUser.objects.select_related("customer")
    found = get_object_or_404(users, pk=user_id, customer=customer_id)
    remove_customer_user(user=found, by=request.user)
    messages.success(request, _("%(user)s was removed.") % {"user": str(found)})
    warn_of_obstacle(request, found.customer)
    return redirect("customers:users", customer_id)


def _page(request: AgentRequest, customer_id: UUID, form: CustomerUserForm) -> HttpResponse:
    filters = FilterForm(request.GET)
    page = _users(customer_id, filters, request.path) if filters.is_valid() else None
    customer = _customer(customer_id, page)
    context = {
        "customer": customer,
        "users": _rows(page) if page else [],
        "links": filters.links(page),
        "filters": filters,
        "form": form,
        "no_link": why_no_sign_in_link(customer),
        "readiness": readiness_of(customer),
        "roles": [role.label for role in roles_granting(ADDING)],
    }
    status = status_of(form) if page else 400
    return render(request, "customers/users.html", context, status=status)


def _rows(page: Page[CustomerUser]) -> list[UserRow]:
    rows = [UserRow.of(user) for user in page.rows]
    told_apart(each.subscription for row in rows for each in row.assignments)
    return rows


def _customer(customer_id: UUID, page: Page[CustomerUser] | None) -> Customer:
    """Read along with his users, where there are any: one question less for the database."""
    if page and page.rows:
        return page.rows[0].customer
    return get_object_or_404(Customer, pk=customer_id)


def _signed_in_lately() -> Exists:
    """Whether a user's last sign-in to the portal can have a session that lasts."""
    since = clock.now() - dt.timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    return Exists(SignInLink.objects.filter(user=OuterRef("pk"), used_at__gt=since))


def _users(customer_id: UUID, filters: FilterForm, path: str) -> Page[CustomerUser]:
    held = RoleAssignment.objects.select_related("subscription").order_by("role")
    links = SignInLink.objects.open_at(clock.now()).order_by("created_at", "id")
    users = CustomerUser.objects.active().filter(customer=customer_id).select_related("customer")
    return filters.page(
        users.annotate(signed_in_lately=_signed_in_lately()).prefetch_related(
            Prefetch("role_assignments", held), Prefetch("sign_in_links", links)
        ),
        order=("display_name", "id"),
        path=path,
    )
