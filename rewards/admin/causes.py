"""Good causes: who looked at their registration, what was promised, given and sent; and fundraisers."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import ConsoleAdmin, ReadOnlyAdmin, Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, note, step
from config.lib import clock
from config.lib.money import Money, money_words
from rewards.admin.cause_forms import CharityForm, CheckForm, FundraiserForm, SentForm
from rewards.causes import raised_by, sums_of, to_review
from rewards.models import Charity, Donation, Fundraiser
from rewards.services.causes import charity_check, charity_save, donation_note, fundraiser_save


def run_check(request: HttpRequest, charity: Charity, data: dict[str, Any]) -> str:
    charity_check(charity=charity, actor=staff_of(request), review_date=data["review_date"], now=clock.now())
    return _("Checked; to be looked at again by %(date)s.") % {"date": date_format(data["review_date"])}


def confirm_check(charity: Charity) -> str:
    return _("You have looked up the registration %(number)s of %(name)s and found it in order.") % {
        "number": charity.registration_number,
        "name": charity.name,
    }


def run_sent(request: HttpRequest, charity: Charity, data: dict[str, Any]) -> str:
    money = data["money"]
    donation_note(charity=charity, money=money, proof=data["proof"], actor=staff_of(request), now=clock.now())
    return _("Noted: %(amount)s sent to %(name)s.") % {"amount": money_words(money), "name": charity.name}


def confirm_sent(charity: Charity) -> str:
    amounts = [money_words(Money(sums.to_send, sums.unit)) for sums in sums_of(charity) if sums.to_send]
    return _("You have sent money to %(name)s. Given through us and not sent yet: %(amounts)s.") % {
        "name": charity.name,
        "amounts": " · ".join(amounts),
    }


CHECK: Verb[Charity] = Verb(
    name="check",
    label=gettext_lazy("Registration checked"),
    permission="rewards.change_charity",
    run=run_check,
    form=CheckForm,
    confirm=confirm_check,
    icon="shield-check",
)
SENT: Verb[Charity] = Verb(
    name="sent",
    label=gettext_lazy("Note money that was sent"),
    permission="rewards.add_donation",
    run=run_sent,
    allowed=lambda charity: any(sums.to_send for sums in sums_of(charity)),
    form=SentForm,
    confirm=confirm_sent,
    tone="primary",
    icon="landmark",
)


@admin.register(Charity)
class CharityAdmin(DetailAdmin[Charity], ConsoleAdmin[Charity]):
    form = CharityForm
    list_display = ("name", "country", "registration_number", "checked_by", "review_date", "is_active", "to_send_words")
    list_filter = ("is_active", "country")
    list_select_related = ("checked_by",)
    ordering = ("name",)
    search_fields = ("name", "registration_number", "=public_id")
    prepopulated_fields = {"key": ("name",)}
    fields = CharityForm.Meta.fields
    change_form_template = "admin/rewards/charity/change_form.html"
    verbs = (SENT, CHECK)

    def get_readonly_fields(self, request: HttpRequest, obj: Charity | None = None) -> tuple[str, ...]:
        """Rules name it by its short name; when it was looked at is said by whoever did."""
        return ("key", "review_date") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Charity | None = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Charity, form: Any, change: bool) -> None:
        charity_save(charity=obj, actor=staff_of(request), now=clock.now())

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says what changed."""
        return []

    @admin.display(description=gettext_lazy("still to send"))
    def to_send_words(self, charity: Charity) -> str:
        return " · ".join(money_words(Money(sums.to_send, sums.unit)) for sums in sums_of(charity) if sums.to_send)

    def detail(self, request: HttpRequest, charity: Charity) -> dict[str, Any]:
        is_due = to_review(localdate(clock.now())).filter(pk=charity.pk).exists()
        words = _("Its registration is to be checked again by %(date)s.") % {"date": date_format(charity.review_date)}
        status = {"label": _("may be given to"), "tone": "success"}
        if not charity.is_active:
            status = {"label": _("may not be given to"), "tone": "neutral"}
        return {
            "title": charity.name,
            "subtitle": charity.description,
            "icon": "heart-handshake",
            "status": status,
            "notes": [note(words, tone="warning")] if is_due else [],
            "facts": [
                fact(_("Registration number"), charity.registration_number),
                fact(_("Country"), charity.country),
                fact(_("Website"), charity.website or _("none"), url=charity.website),
                fact(_("Checked by"), charity.checked_by),
                fact(_("Checked"), moment(charity.checked_at)),
                fact(_("To be checked again by"), date_format(charity.review_date)),
            ],
            "timeline": [_sent_step(donation) for donation in charity.donations.order_by("-sent_at", "-pk")],
        }

    def sections(self, request: HttpRequest, charity: Charity) -> dict[str, Any]:
        return {
            "show_form": True,
            "sums": [
                {
                    "unit": sums.unit,
                    "promised": money_words(Money(sums.promised, sums.unit)),
                    "given": money_words(Money(sums.given, sums.unit)),
                    "sent": money_words(Money(sums.sent, sums.unit)),
                    "to_send": money_words(Money(sums.to_send, sums.unit)),
                }
                for sums in sums_of(charity)
            ],
            "rewards_url": f"{reverse('admin:rewards_reward_changelist')}?charity__id__exact={charity.pk}",
        }


@admin.register(Donation)
class DonationAdmin(ReadOnlyAdmin[Donation]):
    """What was sent, to whom, and by which transfer."""

    list_display = ("charity", "amount_words", "proof", "actor", "sent_at")
    list_filter = ("charity", "unit")
    list_select_related = ("charity", "actor")
    ordering = ("-sent_at", "-pk")
    search_fields = ("proof", "charity__name", "=public_id")
    fields = ("charity", "amount_words", "proof", "actor", "sent_at", "public_id")

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def amount_words(self, donation: Donation) -> str:
        return money_words(Money(donation.amount, donation.unit))


@admin.register(Fundraiser)
class FundraiserAdmin(DetailAdmin[Fundraiser], ConsoleAdmin[Fundraiser]):
    form = FundraiserForm
    list_display = ("title", "campaign", "charity", "goal_words", "raised_words")
    list_select_related = ("campaign", "charity")
    ordering = ("campaign",)
    search_fields = ("title", "campaign__name")
    fields = ("campaign", "title", "charity", "event_type", "goal_amount", "unit", "counts_rewards")

    def get_readonly_fields(self, request: HttpRequest, obj: Fundraiser | None = None) -> tuple[str, ...]:
        return ("campaign",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Fundraiser, form: Any, change: bool) -> None:
        fundraiser_save(fundraiser=obj, actor=staff_of(request))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says what changed."""
        return []

    @admin.display(description=gettext_lazy("goal"), ordering="goal")
    def goal_words(self, fundraiser: Fundraiser) -> str:
        return money_words(Money(fundraiser.goal, fundraiser.unit))

    @admin.display(description=gettext_lazy("raised"))
    def raised_words(self, fundraiser: Fundraiser) -> str:
        found = raised_by(fundraiser)
        return f"{money_words(Money(found.raised, fundraiser.unit))} · {found.percent} %"

    def detail(self, request: HttpRequest, fundraiser: Fundraiser) -> dict[str, Any]:
        found = raised_by(fundraiser)
        return {
            "title": fundraiser.title,
            "subtitle": fundraiser.campaign.name,
            "icon": "hand-coins",
            "facts": [
                fact(_("Campaign"), fundraiser.campaign, url=page_url(fundraiser.campaign)),
                fact(_("Goal"), self.goal_words(fundraiser)),
                fact(_("Raised"), self.raised_words(fundraiser)),
                fact(_("Gifts"), found.gifts),
                fact(_("Counts the event"), fundraiser.event_type),
            ],
        }

    def sections(self, request: HttpRequest, fundraiser: Fundraiser) -> dict[str, Any]:
        return {"show_form": True}


def _sent_step(donation: Donation) -> dict[str, Any]:
    words = _("%(amount)s sent") % {"amount": money_words(Money(donation.amount, donation.unit))}
    return step(donation.sent_at, words, icon="landmark", tone="success", text=donation.proof, who=str(donation.actor))
