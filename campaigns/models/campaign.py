from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Segment
from config.lib.fields import UnitField
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check


class Brand(models.Model):
    """How a campaign looks and under which name it writes, where that differs from the company."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    sender_name = models.CharField(_("sender name"), max_length=120)
    sender_email = models.EmailField(_("sender address"))
    reply_to = models.EmailField(_("reply address"), blank=True, default="")
    accent_colour = models.CharField(_("accent colour"), max_length=7, default="#4f46e5")
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.name


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def active(self) -> "CampaignQuerySet":
        return self.filter(status=Campaign.Status.ACTIVE)

    def public(self) -> "CampaignQuerySet":
        return self.active().filter(is_test=False)


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")


class CampaignTouch(models.TextChoices):
    FIRST = "first", _("the first link a friend followed")
    LAST = "last", _("the last link a friend followed")


class CampaignReferred(models.TextChoices):
    FRIEND = "friend", _("friend")
    COLLEAGUE = "colleague", _("colleague")
    COMPANY = "company", _("company")
    CLIENT = "client", _("client")


class CampaignKnownCustomers(models.TextChoices):
    REFUSE = "refuse", _("do not count")
    ACCEPT = "accept", _("count like anybody else")


class Campaign(models.Model):
    Status = CampaignStatus
    Touch = CampaignTouch
    Referred = CampaignReferred
    KnownCustomers = CampaignKnownCustomers

    MOVES = TransitionTable(
        {
            Status.DRAFT: [Status.SCHEDULED, Status.ACTIVE],
            Status.SCHEDULED: [Status.ACTIVE, Status.DRAFT],
            Status.ACTIVE: [Status.PAUSED, Status.ENDED],
            Status.PAUSED: [Status.ACTIVE, Status.ENDED],
        }
    )

    public_id = PublicIdField(prefix="cam")
    slug = models.SlugField(_("address"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    brand = models.ForeignKey(
        Brand,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("brand"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    referred = models.CharField(
        _("what the referred are called"), max_length=10, choices=Referred, default=Referred.FRIEND
    )
    main_language = models.CharField(_("main language"), max_length=10, choices=settings.LANGUAGES, default="en")
    currency = UnitField(verbose_name=_("currency"), default="USD")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    attribution_window_days = models.PositiveIntegerField(_("days a link is remembered"), default=90)
    credit_window_days = models.PositiveIntegerField(_("days in which a sale still counts"), default=365)
    quote_days = models.PositiveIntegerField(
        _("days for which a promise stands"),
        null=True,
        blank=True,
        help_text=_("Counted from sign-up. 0: always what stands today. Empty: as long as a sale still counts."),
    )
    touch = models.CharField(_("who gets the credit"), max_length=5, choices=Touch, default=Touch.LAST)
    known_customers = models.CharField(
        _("people who already bought"), max_length=10, choices=KnownCustomers, default=KnownCustomers.REFUSE
    )
    known_again_months = models.PositiveSmallIntegerField(
        _("months without a purchase after which they count again"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text=_("Empty: never. Only where people who already bought do not count."),
    )
    conversion_events = models.JSONField(
        _("events that convert"), default=list, help_text=_('Names of events, such as ["purchase"].')
    )
    destination_url = models.URLField(
        _("send friends on to"),
        blank=True,
        default="",
        help_text=_("Empty: the landing page of this campaign."),
    )
    segments = models.ManyToManyField(
        Segment,
        blank=True,
        related_name="campaigns",
        verbose_name=_("who may recommend"),
        help_text=_("Whoever stands in one of these segments. None chosen: everybody."),
    )
    default_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_campaigns",
        verbose_name=_("looks after new referrals"),
    )
    team_email = models.EmailField(_("team address"), blank=True, default="")
    first_answer_hours = models.PositiveIntegerField(
        _("working hours to the first answer"), default=8, help_text=_("Counted in the company's working hours.")
    )
    is_test = models.BooleanField(_("test"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            choices_check("status", CampaignStatus, name="campaign_status_known"),
            choices_check("touch", CampaignTouch, name="campaign_touch_known"),
            choices_check("referred", CampaignReferred, name="campaign_referred_known"),
            choices_check("known_customers", CampaignKnownCustomers, name="campaign_known_customers_known"),
            models.CheckConstraint(
                condition=models.Q(attribution_window_days__gte=1), name="campaign_window_at_least_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(credit_window_days__gte=1), name="campaign_credit_at_least_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at=None)
                | models.Q(starts_at=None)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="campaign_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignCopy(models.Model):
    """The texts of a campaign in one language. What somebody has seen is never edited: the next version is written."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="copies")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField(_("version"), default=1)
    headline = models.CharField(_("headline"), max_length=120)
    intro = models.TextField(_("introduction"), blank=True, default="")
    friend_offer = models.CharField(_("what the friend gets"), max_length=160)
    advocate_offer = models.CharField(_("what the advocate gets"), max_length=160)
    good_fit = models.TextField(_("who is a good fit"))
    call_to_action = models.CharField(_("button"), max_length=40)
    share_text = models.TextField(_("text to share"), help_text=_("{share_url} becomes the advocate's link."))
    terms = models.TextField(_("terms"), help_text=_("Markdown."))
    faq = models.JSONField(_("questions and answers"), default=list, blank=True, help_text=_('[{"q": "…", "a": "…"}]'))
    quotes = models.JSONField(_("voices"), default=list, blank=True, help_text=_('[{"text": "…", "who": "…"}]'))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copy")
        constraints = [models.UniqueConstraint(fields=["campaign", "language", "version"], name="copy_version_once")]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.language} · {self.version}"
