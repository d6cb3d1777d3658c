"""Who works here: the partner's agents."""

import uuid
from functools import cached_property

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from partnercenter.agents.roles import NEEDING_SECOND_FACTOR, Role, role_labels
from partnercenter.authority import RoleNeeded, SignedOut, share_locked
from partnercenter.one_line import LineField

user_principal_name_validator = RegexValidator(
    r"^[a-z0-9!#^~'._-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\Z",
    _("Enter a user principal name such as name@example.com, in small letters."),
)


class Appearance(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


# What django-allauth calls the codes that stand in for a lost factor; alone they are none.
RECOVERY_CODES = "recovery_codes"


class AgentManager(BaseUserManager["Agent"]):
    def get_by_natural_key(self, username: str | None) -> "Agent":
        return self.get(username=username)


class Agent(AbstractBaseUser, PermissionsMixin):
    """A person at the partner. What he may do follows from his roles and from nothing else.

    Agents are deactivated, never deleted: the log and the switches speak of them for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        _("user principal name"),
        max_length=113,
        unique=True,
        validators=[user_principal_name_validator],
    )
    display_name = LineField(_("display name"), max_length=256)
    is_active = models.BooleanField(_("active"), default=True)
    is_demonstration = models.BooleanField(_("demonstration"), default=False, editable=False)
    date_joined = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    must_change_password = models.BooleanField(default=False, editable=False)

    # How pages look to the agent. An empty language is the browser's choice.
    appearance = models.CharField(
        _("appearance"), max_length=8, choices=Appearance.choices, default=Appearance.SYSTEM
    )
    rows_per_page = models.PositiveSmallIntegerField(_("rows a page"), default=25)
    language = models.CharField(_("language"), max_length=8, blank=True)

    # Nobody stands above the table of roles: there are no superusers and no single permissions.
    is_superuser = False
    user_permissions = None  # type: ignore[assignment]

    objects = AgentManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        default_permissions = ("add", "change", "view")
        permissions = [("use_site_administration", _("Can use site administration"))]

    def __str__(self) -> str:
        return self.display_name

    @property
    def actor_id(self) -> str:
        """The agent's id as records of the activity log copy it."""
        return str(self.pk)

    @property
    def user_principal_name(self) -> str:
        return self.username

    @cached_property
    def role_names(self) -> list[str]:
        """The names of the groups the agent is in, in the order of Partner Center's roles."""
        order = list(Role.values)
        names = [group.name for group in self.groups.all()]
        return sorted(names, key=lambda name: order.index(name) if name in order else len(order))

    @property
    def role_labels(self) -> list[str]:
        return role_labels(self.role_names)

    @property
    def is_staff(self) -> bool:
        """Django's word for “may open the admin”; it follows from a permission."""
        return self.has_perm("agents.use_site_administration")

    @property
    def is_known(self) -> bool:
        """Whether he can sign in, and his cookies count."""
        return self.is_active and self.exists_here

    @property
    def may_act(self) -> bool:
        """Whether an application can act for him: not while he has to change his password or to
        set up a second factor first, as on the pages.
        """
        is_ready = not self.must_change_password and (
            not self.second_factor_is_demanded or bool(self.second_factors)
        )
        return self.is_known and is_ready

    def confirm(self, permission: str | None) -> None:
        """The agent as an `Actor`: what a door has judged holds until the transaction ends.

        Raises SignedOut for a session that was ended since the agent was read, and RoleNeeded.
        """
        now = next(iter(share_locked(Agent.objects.filter(pk=self.pk))), None)
        if now is None or not now.is_known or not self._has_session_of(now):
            raise SignedOut
        if permission is not None and not now.may_act:
            raise SignedOut
        if permission is not None and not now.has_perm(permission):
            raise RoleNeeded(permission)
        self.role_names = now.role_names

    def _has_session_of(self, now: "Agent") -> bool:
        return now.get_session_auth_hash() == self.get_session_auth_hash()

    @property
    def exists_here(self) -> bool:
        """False for a demonstration agent outside that mode, as if nobody had such a name."""
        return settings.DEMONSTRATION or not self.is_demonstration

    @property
    def second_factors(self) -> list[str]:
        """The kinds of second factors that are set up: “totp”, “webauthn”, one for each passkey."""
        factors = self.authenticator_set.exclude(type=RECOVERY_CODES)
        return sorted(factors.values_list("type", flat=True))

    @property
    def second_factor_is_demanded(self) -> bool:
        """Whether the installation lets him in with a second factor only."""
        return settings.MULTI_FACTOR_REQUIRED and any(
            role in self.role_names for role in NEEDING_SECOND_FACTOR
        )

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Django's own, with the epoch in it: raising the epoch kills every cookie for good."""
        return salted_hmac(
            "partnercenter.agents.models.Agent.session",
            f"{self.session_epoch}:{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()
