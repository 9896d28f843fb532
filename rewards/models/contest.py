"""A prize draw that anybody can repeat: the seed is committed to before the first entry and shown after the draw."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models import Campaign
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check
from rewards.models.reward import Reward


class ContestStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    DRAWN = "drawn", _("Drawn")
    CANCELLED = "cancelled", _("Called off")


class Contest(models.Model):
    """`prizes`: [{"name", "count"}], the first prize first. `seed_hash`: SHA-256 of the seed, public from the start."""

    Status = ContestStatus

    MOVES = TransitionTable(
        {Status.DRAFT: [Status.OPEN, Status.CANCELLED], Status.OPEN: [Status.DRAWN, Status.CANCELLED]}
    )

    public_id = PublicIdField(prefix="cnt")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="contests", verbose_name=_("campaign")
    )
    key = models.SlugField(_("short name"), max_length=64)
    name = models.CharField(_("name"), max_length=120)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    prizes = models.JSONField(_("prizes"), default=list)
    entries_per_person = models.PositiveIntegerField(
        _("entries a person at most"), null=True, blank=True, help_text=_("Empty: as many as are earned.")
    )
    prizes_per_person = models.PositiveIntegerField(_("prizes a person at most"), default=1)
    free_entry_route = models.TextField(
        _("way to enter without a referral"),
        max_length=1_000,
        blank=True,
        default="",
        help_text=_(
            "Where a draw may not ask for anything in return, the law wants one. Staff add such entries by hand."
        ),
    )
    excluded_countries = models.JSONField(
        _("countries left out"), default=list, blank=True, help_text=_("Two letters each.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    seed_hash = models.CharField(_("hash of the seed"), max_length=64, blank=True, default="")
    sealed_seed = models.TextField(blank=True, default="", help_text=_("Encrypted until the draw."))
    seed = models.CharField(_("seed"), max_length=64, blank=True, default="", help_text=_("Shown after the draw."))
    drawn_at = models.DateTimeField(_("drawn"), null=True, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("drawn by"),
    )

    class Meta:
        verbose_name = _("contest")
        verbose_name_plural = _("contests")
        permissions = [("draw_contest", _("Can draw the winners of a contest"))]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="contest_key_once"),
            choices_check("status", ContestStatus, name="contest_status_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="contest_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(status="cancelled") | ~models.Q(seed_hash=""),
                name="contest_open_is_committed",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="drawn") | (~models.Q(seed="") & models.Q(drawn_at__isnull=False)),
                name="contest_drawn_is_revealed",
            ),
            models.CheckConstraint(condition=models.Q(prizes_per_person__gte=1), name="contest_prizes_per_person"),
        ]

    def __str__(self) -> str:
        return self.name


class ContestEntry(models.Model):
    """One chance. `number` counts up within the contest; a void one keeps its number and cannot win."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries", verbose_name=_("contest"))
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="contest_entries", verbose_name=_("person")
    )
    number = models.PositiveIntegerField(_("number"))
    entry_key = models.CharField(
        max_length=80, help_text=_("Public id of the reward with a counter, or of the free entry.")
    )
    reward = models.ForeignKey(
        Reward,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contest_entries",
        verbose_name=_("reward"),
    )
    void_reason = models.CharField(_("not valid because"), max_length=120, blank=True, default="")
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("contest entry")
        verbose_name_plural = _("contest entries")
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="contest_entry_number_once"),
            models.UniqueConstraint(fields=["contest", "entry_key"], name="contest_entry_once"),
        ]
        indexes = [models.Index(fields=["contest", "contact"], name="contest_entries_of")]

    def __str__(self) -> str:
        return f"{self.contest} {self.number}"


class ContestWinner(models.Model):
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="winners", verbose_name=_("contest"))
    entry = models.OneToOneField(ContestEntry, on_delete=models.PROTECT, related_name="won", verbose_name=_("entry"))
    rank = models.PositiveIntegerField(_("place"))
    prize = models.CharField(_("prize"), max_length=120)

    class Meta:
        verbose_name = _("winner")
        verbose_name_plural = _("winners")
        constraints = [models.UniqueConstraint(fields=["contest", "rank"], name="contest_winner_rank_once")]

    def __str__(self) -> str:
        return f"{self.rank}. {self.prize}"


class ContestName(models.Model):
    """Under which name somebody wants to stand on the leaderboard; without a row they stand there without one."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="names")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="contest_names")
    public_name = models.CharField(_("name on the leaderboard"), max_length=60)

    class Meta:
        verbose_name = _("name on a leaderboard")
        verbose_name_plural = _("names on leaderboards")
        constraints = [models.UniqueConstraint(fields=["contest", "contact"], name="contest_name_once")]

    def __str__(self) -> str:
        return self.public_name
