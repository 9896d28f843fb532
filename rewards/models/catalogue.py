"""What a person can pick: gift cards, things, services, donations. Stock is a counter that cannot run below nothing."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check
from rewards.models.charity import Charity
from rewards.models.reward import Reward


class CatalogueKind(models.TextChoices):
    GIFT_CARD = "gift_card", _("gift card")
    MERCHANDISE = "merchandise", _("thing that is sent")
    SERVICE = "service", _("service")
    DONATION = "donation", _("donation")


class CatalogueItem(models.Model):
    """`unit`, `least` and `most`: for which rewards it may be picked; `price` in `price_unit`: its price in points."""

    Kind = CatalogueKind

    public_id = PublicIdField(prefix="itm")
    key = models.SlugField(_("short name"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), max_length=2_000, blank=True, default="")
    terms = models.TextField(_("how it is used"), max_length=2_000, blank=True, default="")
    category = models.CharField(_("category"), max_length=64, blank=True, default="")
    countries = models.JSONField(_("countries"), default=list, blank=True, help_text=_("Two letters each. Empty: all."))
    unit = UnitField(verbose_name=_("currency or unit"))
    least = AmountField(_("worth at least"), default=1, help_text=_("In minor units."))
    most = AmountField(_("worth at most"), null=True, blank=True, help_text=_("In minor units. Empty: any."))
    price = AmountField(_("price in points"), null=True, blank=True, help_text=_("Empty: not for points."))
    price_unit = UnitField(verbose_name=_("unit of the price"), blank=True, default="")
    cost = AmountField(_("what one costs us"), null=True, blank=True, help_text=_("In minor units."))
    cost_unit = UnitField(verbose_name=_("currency of the cost"), blank=True, default="")
    charity = models.ForeignKey(
        Charity, on_delete=models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("good cause")
    )
    stock = models.PositiveIntegerField(_("in stock"), null=True, blank=True, help_text=_("Empty: not counted."))
    variants = models.JSONField(_("sizes or colours"), default=list, blank=True)
    needs_address = models.BooleanField(_("is sent by post"), default=False)
    is_active = models.BooleanField(_("can be picked"), default=True)

    class Meta:
        verbose_name = _("item of the catalogue")
        verbose_name_plural = _("items of the catalogue")
        constraints = [
            choices_check("kind", CatalogueKind, name="catalogue_kind_known"),
            amount_check("least", name="catalogue_least_positive", low=1),
            models.CheckConstraint(
                condition=models.Q(most=None) | models.Q(most__gte=models.F("least")), name="catalogue_most_above_least"
            ),
            models.CheckConstraint(
                condition=models.Q(price=None) | (models.Q(price__gte=1) & ~models.Q(price_unit="")),
                name="catalogue_price_has_unit",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="donation") | models.Q(charity__isnull=False),
                name="catalogue_donation_for_whom",
            ),
        ]
        indexes = [models.Index(fields=["kind", "unit"], name="catalogue_by_kind")]

    def __str__(self) -> str:
        return self.name


class OrderStatus(models.TextChoices):
    ORDERED = "ordered", _("to be sent")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("called off")


class GiftOrder(models.Model):
    """What somebody picked: for a reward, or for points. The address is sealed, and blanked weeks after sending."""

    Status = OrderStatus

    MOVES = TransitionTable({Status.ORDERED: [Status.SENT, Status.CANCELLED]})

    public_id = PublicIdField(prefix="ord")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="gift_orders", verbose_name=_("person"))
    item = models.ForeignKey(CatalogueItem, on_delete=models.PROTECT, related_name="orders", verbose_name=_("item"))
    reward = models.OneToOneField(
        Reward, on_delete=models.PROTECT, null=True, blank=True, related_name="gift_order", verbose_name=_("reward")
    )
    order_key = models.CharField(
        max_length=80, unique=True, help_text=_("Public id of the reward, or of the exchange.")
    )
    amount = AmountField(_("worth"))
    unit = UnitField(verbose_name=_("currency or unit"))
    price = AmountField(_("paid"), null=True, blank=True)
    price_unit = UnitField(verbose_name=_("paid in"), blank=True, default="")
    variant = models.CharField(_("size or colour"), max_length=64, blank=True, default="")
    sealed_address = models.TextField(blank=True, default="", help_text=_("Encrypted."))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ORDERED)
    note = models.CharField(_("note"), max_length=500, blank=True, default="", help_text=_("Parcel number, say."))
    ordered_at = models.DateTimeField(_("picked"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent by"),
    )

    class Meta:
        verbose_name = _("order of a gift")
        verbose_name_plural = _("orders of gifts")
        constraints = [
            choices_check("status", OrderStatus, name="gift_order_status_known"),
            amount_check("amount", name="gift_order_amount_positive", low=1),
        ]
        indexes = [
            models.Index(fields=["ordered_at"], name="gift_order_to_send", condition=models.Q(status="ordered")),
            models.Index(fields=["contact", "-ordered_at"], name="gift_order_of"),
        ]

    def __str__(self) -> str:
        return self.public_id


class GiftCode(models.Model):
    """A code of a gift card that the company bought; sealed, and given to one order."""

    item = models.ForeignKey(CatalogueItem, on_delete=models.PROTECT, related_name="codes", verbose_name=_("item"))
    sealed = models.TextField(help_text=_("The code, encrypted."))
    fingerprint = models.CharField(max_length=64, unique=True, help_text=_("Keyed hash: the same code is taken once."))
    amount = AmountField(_("worth"))
    unit = UnitField(verbose_name=_("currency"))
    order = models.OneToOneField(
        GiftOrder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="gift_code",
        verbose_name=_("given for"),
    )
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    added_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("code of a gift card")
        verbose_name_plural = _("codes of gift cards")
        constraints = [amount_check("amount", name="gift_code_amount_positive", low=1)]
        indexes = [
            models.Index(
                fields=["item", "unit", "amount", "id"], name="gift_code_free", condition=models.Q(order__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.pk}"
