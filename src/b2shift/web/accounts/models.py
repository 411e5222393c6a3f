"""People who sign in, their teams, and the tokens programs use in their name."""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from b2shift.kernel.errors import UnknownNameError
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.scopes import TokenScope


class People(BaseUserManager["User"]):
    """Creates people with a hashed password."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password they cannot sign in until one is set."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "User":
        """E-mail addresses are compared without case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person of the company; signs in with an e-mail address."""

    class Language(models.TextChoices):
        PORTUGUESE = "pt-br", _("Português")
        ENGLISH = "en", _("English")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Do sistema")
        LIGHT = "light", _("Claro")
        DARK = "dark", _("Escuro")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Confortável")
        DENSE = "dense", _("Densa")

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("nome"), max_length=120)
    role = models.CharField(_("papel"), max_length=16, choices=Role.choices)
    vendor_user_id = models.CharField(_("código no fornecedor"), max_length=32, blank=True, default="", db_index=True)
    business_unit = models.CharField(_("unidade de negócio"), max_length=16, blank=True, default="")
    language = models.CharField(_("idioma"), max_length=8, choices=Language.choices, default=Language.PORTUGUESE)
    theme = models.CharField(_("tema"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(_("densidade"), max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    is_active = models.BooleanField(_("ativo"), default=True)
    created_at = models.DateTimeField(_("criado em"), default=timezone.now)

    objects: ClassVar[People] = People()

    # The business unit chosen for this request, if any: `crm.reading` shows only its customers. Not stored.
    unit_in_view = ""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]

    class Meta:
        verbose_name = _("pessoa")
        verbose_name_plural = _("pessoas")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """First and last initial, for the avatar."""
        words = self.name.split()
        return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


class Team(models.Model):
    """People who answer to a manager; the manager sees their portfolios."""

    name = models.CharField(_("nome"), max_length=120, unique=True)
    manager = models.ForeignKey(User, models.PROTECT, related_name="managed_teams", verbose_name=_("gestor"))
    members = models.ManyToManyField(User, related_name="teams", blank=True, verbose_name=_("membros"))

    class Meta:
        verbose_name = _("equipe")
        verbose_name_plural = _("equipes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A key a program uses in a person's name: never more than that person may, only what its scopes name."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("pessoa"))
    name = models.CharField(_("nome"), max_length=120)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("início"), max_length=12, editable=False)
    scopes = models.JSONField(_("escopos"), default=list)
    created_at = models.DateTimeField(_("criada em"), default=timezone.now)
    expires_at = models.DateTimeField(_("vence em"))
    revoked_at = models.DateTimeField(_("revogada em"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("último uso"), null=True, blank=True)

    class Meta:
        verbose_name = _("chave")
        verbose_name_plural = _("chaves")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is stored in place of the secret: it is long and random, so a plain hash is enough."""
        return sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(cls, user: User, name: str, scopes: list[str], expires_at: datetime) -> tuple["Token", str]:
        """A new token and its secret, which is shown once and never stored; InputError for a scope that is none."""
        for scope in scopes:
            if scope not in TokenScope.values:
                raise UnknownNameError("escopo", scope, TokenScope.values)
        secret = f"b2s_{secrets.token_urlsafe(32)}"
        token = cls.objects.create(
            user=user,
            name=name,
            digest=cls.digest_of(secret),
            hint=secret[:12],
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
        return token, secret


class SavedView(models.Model):
    """A list of customers as its owner likes to see it: what it asks for and which columns, by a name of their own."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name=_("pessoa"))
    name = models.CharField(_("nome"), max_length=60)
    asks = models.JSONField(_("filtros e ordem"), default=dict)
    columns = models.CharField(_("colunas"), max_length=400, blank=True, default="")
    opens_first = models.BooleanField(_("abre primeiro"), default=False)

    class Meta:
        verbose_name = _("recorte")
        verbose_name_plural = _("recortes")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_owner_and_name"),
            models.UniqueConstraint(fields=["owner"], condition=models.Q(opens_first=True), name="one_first_view"),
        ]

    def __str__(self) -> str:
        return self.name


class Tile(models.Model):
    """An answer its owner keeps on their board: the typed query, asked again of every publication."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="tiles", verbose_name=_("pessoa"))
    title = models.CharField(_("título"), max_length=200)
    query = models.JSONField(_("consulta"))
    question = models.CharField(_("pergunta"), max_length=1000, default="", blank=True)
    wide = models.BooleanField(_("ocupa a largura toda"), default=False)
    roles = models.JSONField(_("papéis que o veem"), default=list)
    place = models.PositiveIntegerField(_("lugar"), default=0)

    class Meta:
        verbose_name = _("quadro do painel")
        verbose_name_plural = _("quadros do painel")
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.title


class SignInAttempt(models.Model):
    """One failed sign-in, kept until it no longer counts; the lockout reads these."""

    email = models.CharField(max_length=254)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["email", "at"], name="attempt_by_email"),
            models.Index(fields=["address", "at"], name="attempt_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.at:%Y-%m-%d %H:%M}"
