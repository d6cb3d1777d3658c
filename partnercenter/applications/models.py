"""Applications: programs that sign in to use the API."""

from typing import Self

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnercenter.agents.roles import permissions_of, role_labels
from partnercenter.authority import RoleNeeded, SignedOut, share_locked
from partnercenter.labels import label_of


class ApplicationQuerySet(models.QuerySet["Application"]):
    def by_name(self) -> Self:
        return self.select_related("client").order_by("client__name", "pk")


class Application(models.Model):
    """A program that signs in: what django-allauth's client does not say of it.

    Its key is the client id, a GUID. What it may do by itself follows from its roles, as with
    agents; with an agent's token it may do what the agent may. It is deactivated, never deleted.
    """

    client = models.OneToOneField(
        Client, models.PROTECT, primary_key=True, related_name="application"
    )
    role_names = models.JSONField(_("roles"), default=list)
    is_active = models.BooleanField(_("active"), default=True)
    is_demonstration = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("added"), editable=False)

    objects = ApplicationQuerySet.as_manager()
    shows_whole_id = False

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        default_permissions = ("add", "change", "view")

    def __str__(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        return str(self.client.name)

    @property
    def label(self) -> str:
        """Its name and the end of its client ID: nothing keeps two from having one name."""
        return label_of(self.name, self.pk, whole=self.shows_whole_id)

    @property
    def actor_id(self) -> str:
        """The id as records of the activity log copy it, where the application acts by itself."""
        return str(self.pk)

    @property
    def user_principal_name(self) -> str:
        return self.name

    @property
    def role_labels(self) -> list[str]:
        return role_labels(self.role_names)

    @property
    def is_known(self) -> bool:
        """Whether its tokens count; one of a demonstration is nobody outside that mode."""
        return self.is_active and (settings.DEMONSTRATION or not self.is_demonstration)

    def has_perm(self, permission: str) -> bool:
        """Whether its own roles grant `app.codename`."""
        return permission in permissions_of(self.role_names)

    @property
    def is_public(self) -> bool:
        """Whether it runs where it can't keep a secret, such as on an agent's own computer."""
        return bool(self.client.type == Client.Type.PUBLIC)

    def confirm(self, permission: str | None) -> None:
        """The application as an `Actor`, by itself: its own roles, as they are now."""
        now = self.confirm_known()
        if permission is not None and not now.has_perm(permission):
            raise RoleNeeded(permission)
        self.role_names = now.role_names

    def confirm_known(self) -> "Application":
        """Itself as it is now, which nobody changes before the transaction ends.

        Raises SignedOut where it was deactivated.
        """
        now = next(iter(share_locked(Application.objects.filter(pk=self.pk))), None)
        if now is None or not now.is_known:
            raise SignedOut
        return now

    def live_tokens(self) -> "models.QuerySet[Token]":
        """Tokens and codes that have not ended, without refresh tokens that were replaced."""
        tokens = Token.objects.valid().filter(client_id=self.pk)
        return tokens.filter(descent__replaced_at__isnull=True)


class Grant(models.Model):
    """What came of one time that an agent allowed an application to act for them.

    It begins with a code. The code is remembered by its hash, so that a second use of it ends what
    the first one gave.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="grants")
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.application_id} {self.created_at}"


class Descent(models.Model):
    """Of which grant a token came, and when a newer refresh token took its place."""

    token = models.OneToOneField(Token, models.CASCADE, primary_key=True, related_name="descent")
    grant = models.ForeignKey(Grant, models.CASCADE, related_name="descents")
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.token_id}"


class SigningKey(models.Model):
    """The RSA key that signs tokens, kept of no use without SECRET_KEY."""

    sealed = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.created_at)
