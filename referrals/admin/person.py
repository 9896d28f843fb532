"""What referrals say on the page about a person: whom they brought, and by whom they came."""

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from advocates.admin.base import page_url, pill
from advocates.admin.detail import moment
from advocates.admin.person import PersonFigure, PersonStep
from advocates.admin.tables import Cell, Table, table_html
from advocates.models import Contact
from advocates.selectors import display_name
from config.lib.money import Money, money_words
from referrals.models import Referral

Status = Referral.Status
LATEST = 10
TONES = {
    Status.SUBMITTED: "warm",
    Status.CONTACTED: "accent",
    Status.QUALIFIED: "accent",
    Status.CONVERTED: "success",
    Status.REJECTED: "danger",
}


def given_panel(request: HttpRequest, contact: Contact) -> str:
    """Whom they brought."""
    return _panel(request, contact.referrals_given.all(), is_given=True, contact=contact)


def received_panel(request: HttpRequest, contact: Contact) -> str:
    """By whom they came."""
    return _panel(request, contact.referrals_received.all(), is_given=False, contact=contact)


def _panel(request: HttpRequest, referrals: QuerySet[Referral], *, is_given: bool, contact: Contact) -> str:
    newest = referrals.select_related("campaign", "friend__details", "advocate__details").prefetch_related(
        "friend__keys", "advocate__keys"
    )
    found = list(newest.order_by("-submitted_at", "-pk")[: LATEST + 1])
    rows = [_row(referral, referral.friend if is_given else referral.advocate) for referral in found[:LATEST]]
    has_more = len(found) > LATEST
    every = reverse("admin:referrals_referral_changelist")
    table = Table(
        [_("Friend") if is_given else _("Recommended by"), _("How it stands"), _("Campaign"), _("Came in")],
        rows,
        note=_("The latest %(count)s.") % {"count": LATEST} if has_more else "",
        more_url=f"{every}?q={contact.public_id}" if has_more else "",
        more_label=_("See all referrals"),
    )
    return table_html(request, table)


def _row(referral: Referral, other: Contact) -> list[Cell]:
    deal = referral.deal_amount
    worth = money_words(Money(deal, referral.deal_unit)) if deal and referral.deal_unit else ""
    state = pill(referral.get_status_display(), TONES.get(Status(referral.status), "neutral"))
    return [
        Cell(display_name(other), url=page_url(referral)),
        Cell(state, hint=worth),
        Cell(referral.campaign.name),
        Cell(moment(referral.submitted_at), is_number=True),
    ]


# --- story, role, figures ---

CAME = _lazy("Brought a friend: %(name)s")
WON = _lazy("Their friend became a customer: %(name)s")
RECEIVED = _lazy("Was recommended by %(name)s")


def referrals_story(contact: Contact, limit: int) -> list[PersonStep]:
    own = Referral.objects.filter(Q(advocate=contact) | Q(friend=contact))
    named = own.select_related("campaign", "friend__details", "advocate__details").prefetch_related(
        "friend__keys", "advocate__keys"
    )
    return [step for referral in named.order_by("-submitted_at", "-pk")[:limit] for step in _steps(contact, referral)]


def _steps(contact: Contact, referral: Referral) -> list[PersonStep]:
    campaign = referral.campaign.name
    if referral.friend_id == contact.pk:
        title = RECEIVED % {"name": display_name(referral.advocate)}
        return [PersonStep(referral.submitted_at, "heart-handshake", title, campaign)]
    name = {"name": display_name(referral.friend)}
    steps = [PersonStep(referral.submitted_at, "user-plus", CAME % name, campaign, tone="accent")]
    if referral.converted_at:
        steps.append(PersonStep(referral.converted_at, "handshake", WON % name, campaign, tone="success"))
    return steps


def friend_role(contact: Contact) -> tuple[StrOrPromise, str] | None:
    return (_("came as a friend"), "warm") if contact.referrals_received.exists() else None


def referral_figures(contact: Contact) -> list[PersonFigure]:
    counted = contact.referrals_given.aggregate(
        friends=Count("pk", filter=~Q(status=Status.REJECTED)), won=Count("pk", filter=Q(status=Status.CONVERTED))
    )
    won = _("%(count)s became customers") % {"count": counted["won"]}
    return [PersonFigure(_("Friends brought"), counted["friends"], won, "accent" if counted["won"] else "")]
