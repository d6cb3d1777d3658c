"""Every way in which an application comes, changes and goes. Each is one transaction with its
record.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from allauth.idp.oidc.models import Client, Token
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor, record
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.events import ApplicationActivity
from partnercenter.applications.models import Application, Grant
from partnercenter.applications.redirects import validate_redirect_uri
from partnercenter.applications.scopes import DEFAULT, SCOPES
from partnercenter.applications.secrets import keep_secret, new_secret
from partnercenter.authority import act, unless_own
from partnercenter.one_line import one_line
from partnercenter.operations import Refused, made_already

RESOURCE_TYPE = "application"
CHANGE = "applications.change_application"


@act("applications.add_application")
def register_application(
    *,
    name: str,
    roles: Iterable[Role] = (),
    redirect_uris: Sequence[str] = (),
    client_id: str | None = None,
    secret: str | None = None,
    public: bool = False,
    demonstration: bool = False,
    by: Actor,
) -> tuple[Application, str]:
    """A new application; returns it with its secret, which is kept nowhere in clear.

    By itself it may do what the roles grant; without any it acts for agents only. `redirect_uris`
    are where agents who let it act for them are sent back to. A public one acts for agents only,
    its secret is empty, and nothing changes it into one with a secret. `client_id` is the key of
    the form, so that a form makes one; only a demonstration brings a secret of its own. Raises
    ValidationError for a missing name, for a malformed address and for roles of a public one, and
    Refused (made_already).
    """
    client = Client(pk=client_id, name=name) if client_id else Client(name=name)
    client.type = Client.Type.PUBLIC if public else Client.Type.CONFIDENTIAL
    application = Application(client=client, is_demonstration=demonstration)
    _describe(application, name, roles, redirect_uris)
    secret = secret or new_secret()
    keep_secret(client, secret)
    written = _record(ApplicationActivity.REGISTER, application, new=_snapshot(application), by=by)
    if Client.objects.filter(pk=client.pk).exists():  # asked now that nobody else can add one
        raise made_already()
    client.created_at = application.created_at = written.at
    client.save(force_insert=True)
    application.save(force_insert=True)
    return application, "" if public else secret


@act(CHANGE)
def update_application(
    *,
    application: Application,
    name: str,
    roles: Iterable[Role],
    redirect_uris: Sequence[str],
    by: Actor,
) -> Application:
    """Gives it exactly this name, these roles and these addresses; they count from the next call
    on. Does nothing where all are the same. Raises ValidationError as for a new one.
    """
    application = _locked(application)
    old = _snapshot(application)
    _describe(application, name, roles, redirect_uris)
    if _snapshot(application) != old:
        application.client.save()
        application.save()
        _record(
            ApplicationActivity.UPDATE,
            application,
            old=old,
            new=_snapshot(application),
            by=by,
        )
    return application


@act(CHANGE)
def replace_secret(*, application: Application, by: Actor) -> str:
    """A new secret, which is returned and kept nowhere in clear; the old one ends at once.

    Tokens that were given out live on: `revoke_tokens` ends them. Raises Refused for a public
    application.
    """
    application = _locked(application)
    if application.is_public:
        raise Refused(_("A public application has no secret."), code="public_application")
    secret = new_secret()
    keep_secret(application.client, secret)
    application.client.save(update_fields=["secret"])
    _record(ApplicationActivity.ADD_CREDENTIAL, application, by=by)
    return secret


@act(CHANGE)
def set_application_active(*, application: Application, active: bool, by: Actor) -> Application:
    """Deactivates or reactivates. A deactivated one is out at once, and its tokens stay dead."""
    application = _locked(application)
    if application.is_active == active:
        return application
    old = _snapshot(application)
    application.is_active = active
    application.save(update_fields=["is_active"])
    if not active:
        Token.objects.filter(client=application.client).delete()
    activity = ApplicationActivity.REACTIVATE if active else ApplicationActivity.DEACTIVATE
    _record(activity, application, old=old, new=_snapshot(application), by=by)
    return application


@act(CHANGE)
def revoke_tokens(*, application: Application, by: Actor) -> Application:
    """Ends every token of the application; does nothing where none lives."""
    application = _locked(application)
    if application.live_tokens().exists():
        Token.objects.filter(client=application.client).delete()
        _record(ApplicationActivity.REVOKE_TOKENS, application, by=by)
    return application


@act(None)
def authorize_application(*, application: Application, by: Agent) -> None:
    """Records that the agent lets the application act for them.

    Raises Refused: unknown_application for one that was deactivated meanwhile, and not_ready for an
    agent for whom nobody can act now.
    """
    application = _locked(application)
    if not application.is_known:
        raise Refused(
            _("This application was deactivated. Nothing was allowed."), code="unknown_application"
        )
    if not Agent.objects.get(pk=by.pk).may_act:
        raise Refused(
            _(
                "Change your one-time password, or set up a second factor, first. Nothing was "
                "allowed."
            ),
            code="not_ready",
        )
    facts = {"user_principal_name": by.user_principal_name}
    _record(ApplicationActivity.AUTHORIZE, application, new=facts, by=by)


@act(unless_own(CHANGE))
def withdraw_authorization(*, application: Application, agent: Agent, by: Actor) -> None:
    """Ends the tokens with which the application acts for the agent; does nothing without any."""
    application = _locked(application)
    if not application.live_tokens().filter(user=agent).exists():
        return
    Token.objects.filter(client=application.client, user=agent).delete()
    facts = {"user_principal_name": agent.user_principal_name}
    _record(ApplicationActivity.WITHDRAW_AUTHORIZATION, application, old=facts, by=by)


@act(CHANGE)
def end_grant(*, grant: Grant, reason: str, by: Actor) -> None:
    """Ends every token that came of the grant, since one seems to be in wrong hands; does nothing
    where none is left. The record names the agent and the reason.
    """
    application = _locked(grant.application)
    tokens = Token.objects.filter(descent__grant=grant)
    agent = Agent.objects.filter(pk__in=tokens.values("user")).first()
    if agent is None:
        return
    tokens.delete()
    facts = {"user_principal_name": agent.user_principal_name, "reason": reason}
    _record(ApplicationActivity.REVOKE_TOKENS, application, new=facts, by=by)


def _describe(
    application: Application, name: str, roles: Iterable[Role], redirect_uris: Sequence[str]
) -> None:
    """Fills in what an application is, unsaved."""
    _validate(redirect_uris)
    client, wanted = application.client, set(roles)
    if client.type == Client.Type.PUBLIC:
        _demand_public(wanted, redirect_uris)
    if not wanted and not redirect_uris:
        raise ValidationError(
            _("Choose a role or enter a redirect address: with neither it could not sign in.")
        )
    application.role_names = [role.value for role in Role if role in wanted]
    client.name = one_line(name)
    client.set_redirect_uris(list(redirect_uris))
    client.set_grant_types(_grant_types(application.role_names, redirect_uris))
    client.set_scopes(list(SCOPES))
    client.set_default_scopes([DEFAULT])
    client.full_clean(exclude=["secret", "owner"], validate_unique=False)


def _demand_public(roles: set[Role], redirect_uris: Sequence[str]) -> None:
    """Raises ValidationError, at their fields, for roles and for missing addresses."""
    errors = {}
    if roles:
        errors["roles"] = _("A public application acts for agents only. Clear all roles.")
    if not redirect_uris:
        errors["redirect_uris"] = _("Enter a redirect address, for example http://localhost.")
    if errors:
        raise ValidationError(errors)


def _validate(redirect_uris: Iterable[str]) -> None:
    """Raises ValidationError, which says at its field of each address what is wrong with it."""
    errors: list[ValidationError] = []
    for uri in redirect_uris:
        try:
            validate_redirect_uri(uri)
        except ValidationError as error:
            errors.append(error)
    if errors:
        raise ValidationError({"redirect_uris": errors})


def _grant_types(roles: Sequence[str], redirect_uris: Sequence[str]) -> list[str]:
    """How it may ask for tokens: for itself with roles, for agents with a way to send them back."""
    grants = Client.GrantType
    alone = [grants.CLIENT_CREDENTIALS.value] if roles else []
    for_agents = [grants.AUTHORIZATION_CODE.value, grants.REFRESH_TOKEN.value]
    return alone + (for_agents if redirect_uris else [])


def _locked(application: Application) -> Application:
    held = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    held.client = Client.objects.get(pk=application.pk)
    return held


def _snapshot(application: Application) -> dict[str, Any]:
    return {
        "name": application.name,
        "type": application.client.type,
        "roles": application.role_names,
        "redirect_uris": application.client.get_redirect_uris(),
        "active": application.is_active,
    }


def _record(
    activity: ApplicationActivity,
    application: Application,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    by: Actor,
) -> Any:
    return record(
        activity,
        resource_type=RESOURCE_TYPE,
        resource_id=str(application.pk),
        old=old,
        new=new,
        by=by,
    )
