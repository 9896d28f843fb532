"""A contact is any person. Roles are derived: advocate = enrolled, friend = stands on a referral, customer = bought.

What says who somebody is stands only in ContactKey and ContactDetails, so that erasure can delete it and leave the stub
to foreign keys and ledger.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.imports import ImportRun
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from config.lib.states import choices_check


class ContactQuerySet(models.QuerySet["Contact"]):
    def living(self) -> "ContactQuerySet":
        """Neither merged into another nor erased."""
        return self.filter(merged_into=None, erased_at=None)

    def customers(self) -> "ContactQuerySet":
        return self.filter(models.Q(purchases_count__gt=0) | models.Q(customer_since__isnull=False))

    def promoters(self) -> "ContactQuerySet":
        return self.filter(nps_score__gte=Contact.PROMOTER_FROM)


class ContactRelation(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    PAST_CUSTOMER = "past_customer", _("past customer")
    LEAD = "lead", _("open lead")
    LOST_LEAD = "lost_lead", _("lost lead")
    PARTNER = "partner", _("partner")
    VENDOR = "vendor", _("vendor")
    INDUSTRY_LEADER = "industry_leader", _("industry leader")
    OTHER = "other", _("other")


class Contact(models.Model):
    Relation = ContactRelation
    PROMOTER_FROM = 9
    PASSIVE_FROM = 7

    public_id = PublicIdField(prefix="con")
    relation = models.CharField(_("relation"), max_length=20, choices=Relation, default=Relation.OTHER)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    region = models.CharField(_("region"), max_length=64, blank=True, default="")
    customer_since = models.DateField(_("customer since"), null=True, blank=True)
    purchases_count = models.PositiveIntegerField(_("purchases"), default=0)
    lifetime_amount = AmountField(_("lifetime value"), default=0)
    lifetime_unit = UnitField(verbose_name=_("currency"), blank=True, default="")
    first_purchase_at = models.DateTimeField(_("first purchase"), null=True, blank=True)
    last_purchase_at = models.DateTimeField(_("latest purchase"), null=True, blank=True)
    nps_score = models.PositiveSmallIntegerField(_("latest NPS answer"), null=True, blank=True)
    nps_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    last_asked_at = models.DateTimeField(_("last asked"), null=True, blank=True)
    metadata = models.JSONField(_("further facts"), default=dict, blank=True)
    is_test = models.BooleanField(_("test"), default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    import_run = models.ForeignKey(
        ImportRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts", db_index=False
    )
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)
    created_at = models.DateTimeField(_("known since"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            choices_check("relation", ContactRelation, name="contact_relation_known"),
            models.CheckConstraint(
                condition=models.Q(nps_score=None) | models.Q(nps_score__lte=10),
                name="contact_nps_at_most_10",
            ),
            models.CheckConstraint(
                condition=models.Q(nps_score=None, nps_at=None)
                | models.Q(nps_score__isnull=False, nps_at__isnull=False),
                name="contact_nps_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="contact_not_merged_into_itself"
            ),
            amount_check("lifetime_amount", name="contact_lifetime_in_bounds"),
        ]
        indexes = [
            models.Index(fields=["-nps_score", "-purchases_count"], name="contact_worth_asking"),
            models.Index(fields=["-created_at"], name="contact_newest"),
            models.Index(fields=["import_run"], name="contact_of_import", condition=models.Q(import_run__isnull=False)),
        ]

    def __str__(self) -> str:
        details = getattr(self, "details", None)
        return details.name if details and details.name else self.public_id

    @property
    def nps_standing(self) -> str:
        """promoter (9, 10), passive (7, 8), detractor (0 to 6), or empty for somebody who was never asked."""
        return "" if self.nps_score is None else self.standing_of(self.nps_score)

    @classmethod
    def standing_of(cls, score: int) -> str:
        if score >= cls.PROMOTER_FROM:
            return "promoter"
        return "passive" if score >= cls.PASSIVE_FROM else "detractor"

    @property
    def is_customer(self) -> bool:
        return self.purchases_count > 0 or self.customer_since is not None


class ContactDetails(models.Model):
    """Names are never split into first and last; `public_name` is what the person lets others see."""

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, primary_key=True, related_name="details")
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    public_name = models.CharField(_("name shown to friends"), max_length=80, blank=True, default="")
    company = models.CharField(_("company"), max_length=200, blank=True, default="")
    match_name = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("The name as likenesses are sought by: one case, one width, parts in order."),
    )

    class Meta:
        verbose_name = _("details")
        verbose_name_plural = _("details")
        indexes = [models.Index(fields=["match_name"], name="details_alike", condition=~models.Q(match_name=""))]

    def __str__(self) -> str:
        return self.name


class ContactKeyKind(models.TextChoices):
    EXTERNAL = "external", _("customer number")
    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone number")


class ContactKey(models.Model):
    """By what a person is recognised. `value` follows the provider's own rules; `strict` serves fraud checks only."""

    Kind = ContactKeyKind

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    source = models.CharField(
        _("source"),
        max_length=64,
        blank=True,
        default="",
        help_text=_("Which system gave the number; empty for addresses."),
    )
    value = models.CharField(_("value"), max_length=254)
    shown = models.CharField(_("as written"), max_length=254)
    strict = models.CharField(max_length=254, blank=True, default="")
    created_at = models.DateTimeField(_("known since"), auto_now_add=True)

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "value"], name="contact_key_once"),
            choices_check("kind", ContactKeyKind, name="contact_key_kind_known"),
            models.CheckConstraint(condition=~models.Q(value=""), name="contact_key_not_empty"),
        ]
        indexes = [
            models.Index(fields=["strict"], name="contact_key_strict"),
            models.Index(fields=["value"], name="contact_key_value"),  # one search for all kinds and sources
        ]

    def __str__(self) -> str:
        return self.shown
