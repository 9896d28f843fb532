"""A rule in use is superseded, not edited: the version that stood when the friend signed up pays."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from config.lib.states import choices_check
from rewards.models.budget import Budget


class RewardRuleQuerySet(models.QuerySet["RewardRule"]):
    def standing(self) -> "RewardRuleQuerySet":
        return self.filter(superseded_at=None)


class RewardRuleRecipient(models.TextChoices):
    ADVOCATE = "advocate", _("advocate")
    FRIEND = "friend", _("friend")
    CHARITY = "charity", _("charity")


class RewardRuleBenefit(models.TextChoices):
    CASH = "cash", _("cash")
    CREDIT = "credit", _("account credit")
    COUPON = "coupon", _("coupon")
    GIFT_CARD = "gift_card", _("gift card")
    FREE_MONTHS = "free_months", _("free months")
    SERVICE = "service", _("free service")
    UPGRADE = "upgrade", _("upgrade")
    MERCHANDISE = "merchandise", _("gift")
    MYSTERY = "mystery", _("mystery gift")
    ENTRY = "entry", _("contest entry")
    DONATION = "donation", _("donation")
    CHOICE = "choice", _("a choice")


class RewardRuleOnce(models.TextChoices):
    """What a rule pays once for; empty leaves it to the trigger (rewards/rules/rule.py)."""

    EVENT = "event", _("each time it happens")
    FRIEND = "friend", _("each friend")
    PARTY = "party", _("each person who gets it")


class RewardRule(models.Model):
    Recipient = RewardRuleRecipient
    Benefit = RewardRuleBenefit
    Once = RewardRuleOnce

    public_id = PublicIdField(prefix="rul")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="rules", verbose_name=_("campaign"))
    key = models.SlugField(_("name"), max_length=64)
    version = models.PositiveIntegerField(_("version"), default=1)
    trigger = models.CharField(_("when"), max_length=64, help_text=_("“claimed”, “converted” or the name of an event."))
    recipient = models.CharField(_("who gets it"), max_length=10, choices=Recipient)
    benefit = models.CharField(_("what"), max_length=16, choices=Benefit)
    benefit_settings = models.JSONField(
        _("what exactly"),
        default=dict,
        db_default={},
        blank=True,
        help_text=_("Which gift, plan, event or good cause: see rewards/rules/benefits."),
    )
    calculator = models.CharField(_("how much"), max_length=32)
    parameters = models.JSONField(_("further settings"), default=dict, blank=True)
    priority = models.IntegerField(_("priority"), default=100)
    exclusive_group = models.CharField(_("only the best of the group"), max_length=40, blank=True, default="")
    once_per = models.CharField(
        _("once for"),
        max_length=6,
        choices=Once,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: once for each friend where the step itself happens once, else each time."),
    )
    hold_days = models.PositiveIntegerField(_("waiting time in days"), default=0)
    release_on = models.CharField(
        _("released by"),
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("The name of an event of the friend that has to follow. Empty: none."),
    )
    expires_after_days = models.PositiveIntegerField(_("valid for days"), null=True, blank=True)
    approval_above = AmountField(
        _("needs approval above"), null=True, blank=True, help_text=_("In minor units. Empty: never.")
    )
    budget = models.ForeignKey(
        Budget,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("budget"),
    )
    valid_from = models.DateTimeField(_("stands since"))
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    objects = RewardRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("reward rule")
        verbose_name_plural = _("reward rules")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key", "version"], name="rule_version_once"),
            choices_check("recipient", RewardRuleRecipient, name="rule_recipient_known"),
            choices_check("benefit", RewardRuleBenefit, name="rule_benefit_known"),
            models.CheckConstraint(
                condition=models.Q(once_per__in=["", *RewardRuleOnce.values]), name="rule_once_per_known"
            ),
            models.CheckConstraint(
                condition=models.Q(superseded_at=None) | models.Q(superseded_at__gte=models.F("valid_from")),
                name="rule_superseded_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.version}"


class RuleAmount(models.Model):
    """The amount of a rule in one currency or unit. A currency without one is a mismatch."""

    rule = models.ForeignKey(RewardRule, on_delete=models.CASCADE, related_name="amounts")
    unit = UnitField(verbose_name=_("currency or unit"))
    amount = AmountField(_("amount"), help_text=_("In minor units: 2500 is 25.00 USD, 1000 percent is 10 %."))

    class Meta:
        verbose_name = _("amount")
        verbose_name_plural = _("amounts")
        constraints = [
            models.UniqueConstraint(fields=["rule", "unit"], name="rule_amount_once"),
            amount_check("amount", name="rule_amount_positive", low=1),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


class ConditionGroup(models.TextChoices):
    ALL = "all", _("all of these")
    ANY = "any", _("at least one of these")
    NOT = "not", _("none of these")


class Condition(models.Model):
    Group = ConditionGroup

    rule = models.ForeignKey(RewardRule, on_delete=models.CASCADE, related_name="conditions")
    group = models.CharField(_("group"), max_length=3, choices=Group, default=Group.ALL)
    kind = models.CharField(_("condition"), max_length=40)
    parameters = models.JSONField(_("settings"), default=dict, blank=True)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        constraints = [choices_check("group", ConditionGroup, name="condition_group_known")]

    def __str__(self) -> str:
        return self.kind


class LimitMeasure(models.TextChoices):
    AMOUNT = "amount", _("amount")
    FRIENDS = "friends", _("friends")
    REWARDS = "rewards", _("rewards")


class LimitPer(models.TextChoices):
    ADVOCATE = "advocate", _("advocate")
    FRIEND = "friend", _("friend")
    CAMPAIGN = "campaign", _("campaign")


class LimitWindow(models.TextChoices):
    EVENT = "event", _("event")
    DAY = "day", _("day")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")
    ROLLING = "rolling", _("any so many days in a row")
    LIFETIME = "lifetime", _("in all")


class LimitOver(models.TextChoices):
    SKIP = "skip", _("pay nothing")
    PARTIAL = "partial", _("pay what is left")
    WAIT = "wait", _("wait until there is room")


class Limit(models.Model):
    Measure = LimitMeasure
    Per = LimitPer
    Window = LimitWindow
    Over = LimitOver

    rule = models.ForeignKey(RewardRule, on_delete=models.CASCADE, related_name="limits")
    measure = models.CharField(_("counts"), max_length=10, choices=Measure)
    per = models.CharField(_("per"), max_length=10, choices=Per)
    window = models.CharField(_("in each"), max_length=10, choices=Window, default=Window.LIFETIME)
    over = models.CharField(_("when reached"), max_length=10, choices=Over, default=Over.SKIP)
    value = AmountField(_("at most"))
    days = models.PositiveIntegerField(_("days in a row"), null=True, blank=True)

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        constraints = [
            choices_check("measure", LimitMeasure, name="limit_measure_known"),
            choices_check("per", LimitPer, name="limit_per_known"),
            choices_check("window", LimitWindow, name="limit_window_known"),
            choices_check("over", LimitOver, name="limit_over_known"),
            amount_check("value", name="limit_value_positive", low=1),
            models.CheckConstraint(
                condition=models.Q(measure="amount") | ~models.Q(over="partial"),
                name="limit_partial_only_for_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(window="rolling", days__gte=1) | (~models.Q(window="rolling") & models.Q(days=None)),
                name="limit_days_only_when_rolling",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.measure}"
