"""The console's left side: grouped by work, not by table, and only what the person may see."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the console that is no list. `name`: of its address; `permission`: who may see it."""

    label: StrPromise
    name: str
    permission: str


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of work. `models` in the order of need; the first is where the group leads."""

    label: StrPromise
    icon: str
    models: tuple[str, ...]
    pages: tuple[Page, ...] = ()


GROUPS = (
    Group(
        _("Referrals"),
        "heart-handshake",
        (
            "referrals.Referral",
            "referrals.Claim",
            "referrals.ReferralEvent",
            "referrals.EarlyRefund",
            "referrals.FraudSignal",
            "referrals.Visit",
        ),
    ),
    Group(
        _("People"),
        "users",
        (
            "advocates.Contact",
            "advocates.CircleChoice",
            "advocates.Segment",
            "campaigns.Enrolment",
            "advocates.NpsAnswer",
            "advocates.Moment",
            "campaigns.Testimonial",
            "advocates.Purchase",
            "advocates.ContactPair",
            "advocates.ImportRun",
            "advocates.Consent",
            "advocates.Suppression",
            "advocates.Erasure",
        ),
    ),
    Group(
        _("Campaigns"),
        "megaphone",
        (
            "campaigns.Campaign",
            "campaigns.CampaignCopy",
            "campaigns.Brand",
            "campaigns.NpsSurvey",
            "campaigns.OutboundMessage",
            "campaigns.MessageTemplate",
        ),
    ),
    Group(
        _("Offers"),
        "gift",
        (
            "rewards.RewardRule",
            "rewards.Tier",
            "rewards.TierPolicy",
            "rewards.Budget",
            "rewards.DemandRate",
            "rewards.CouponPool",
            "rewards.CatalogueItem",
            "rewards.Contest",
            "rewards.Charity",
            "rewards.Fundraiser",
        ),
        (Page(_("Mystery gifts"), "admin:rewards_mystery", "rewards.view_catalogueitem"),),
    ),
    Group(
        _("Money"),
        "wallet",
        (
            "rewards.Reward",
            "rewards.PayoutRun",
            "rewards.Payout",
            "rewards.Coupon",
            "rewards.GiftOrder",
            "rewards.Donation",
            "rewards.ByHand",
            "rewards.PayoutMethod",
            "rewards.MoneyPolicy",
        ),
        (
            Page(_("Why no reward?"), "admin:rewards_why", "rewards.view_reward"),
            Page(_("The books"), "admin:rewards_books", "rewards.view_transfer"),
        ),
    ),
    Group(
        _("Figures"),
        "chart-line",
        (
            "rewards.Account",
            "rewards.Transfer",
            "rewards.Evaluation",
            "rewards.BudgetPeriod",
            "rewards.TierMove",
            "rewards.ContestEntry",
            "advocates.CustomerModel",
        ),
    ),
    Group(
        _("Operations"),
        "settings",
        (
            "campaigns.Company",
            "advocates.User",
            "campaigns.ApiKey",
            "advocates.CircleLevel",
            "django_celery_beat.PeriodicTask",
            "advocates.JobRun",
            "advocates.AuditEntry",
        ),
    ),
)


def navigation(site: AdminSite, request: HttpRequest) -> list[dict[str, Any]]:
    """For templates/admin/nav_sidebar.html: Today, then each group that has something for this person."""
    today = reverse("admin:index")
    entries = [{"label": _("Today"), "icon": "sun", "url": today, "current": request.path == today, "items": []}]
    # A page stands under the address of a list, which may be in another group.
    is_page = any(request.path.startswith(reverse(page.name)) for group in GROUPS for page in group.pages)
    for group in GROUPS:
        pages = [_page(request, page) for page in group.pages if request.user.has_perm(page.permission)]
        items = [item for model in group.models if (item := _item(site, request, model))]
        if is_page:
            items = [item | {"current": False} for item in items]
        items += pages
        if items:
            entries.append(
                {
                    "label": group.label,
                    "icon": group.icon,
                    "url": items[0]["url"],
                    "current": any(item["current"] for item in items),
                    "items": items,
                }
            )
    return entries


def _page(request: HttpRequest, page: Page) -> dict[str, Any]:
    url = reverse(page.name)
    return {"label": page.label, "url": url, "current": request.path.startswith(url)}


def _item(site: AdminSite, request: HttpRequest, label: str) -> dict[str, Any] | None:
    model = apps.get_model(label)
    if not site.is_registered(model) or not site.get_model_admin(model).has_view_permission(request):
        return None
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return {
        "label": capfirst(model._meta.verbose_name_plural),
        "url": url,
        "current": request.path.startswith(url),
    }
