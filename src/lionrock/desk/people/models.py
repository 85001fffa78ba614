"""The rows behind people: Person, the one-time links that let them in, their programs' tokens."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from lionrock.desk.people.roles import Role


class People(BaseUserManager["Person"]):
    """Finds people; services in this folder add them."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with that address, however it is spelt; this is what sign-in calls."""
        return self.get(email__iexact=username or "")


class Person(AbstractBaseUser):
    """Somebody who signs in with an e-mail address. What they may do follows from their roles alone:
    there is no super-user above them."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"))
    groups = models.ManyToManyField(Group, related_name="people", blank=True)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("name", "email")
        constraints = (models.UniqueConstraint(Lower("email"), name="one_person_per_address"),)

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The person's roles, read once per request."""
        known = {role.value for role in Role}
        return frozenset(
            Role(name) for name in self.groups.values_list("name", flat=True) if name in known
        )

    def has_role(self, *roles: Role) -> bool:
        """Tell whether the person has at least one of ``roles``."""
        return bool(self.roles & set(roles))

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        """Read the row again, and forget the roles read before."""
        self.__dict__.pop("roles", None)
        super().refresh_from_db(*args, **kwargs)


class OneTimeLink(models.Model):
    """A link that lets one person in once, to choose a password or a passkey.

    Only a digest of the link's secret is kept: who reads the database cannot sign in with it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="links_made"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"one-time link of {self.person}"


class ApiToken(models.Model):
    """A program's key to the HTTP API, in its owner's name and within the owner's roles."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used = models.DateTimeField(null=True)
    minute = models.BigIntegerField(default=0)
    """The minute (since 1970) that ``used_in_minute`` counts."""
    used_in_minute = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"
