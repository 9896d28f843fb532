from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django_stubs_ext import StrPromise

from advocates.admin.base import ReadOnlyAdmin, Verb, pill
from advocates.forms import ConsentForm, NoteForm, ReasonForm
from advocates.models import CircleChoice, Consent, Contact, Suppression, User
from advocates.models.consent import ConsentChannel
from advocates.selectors import contact_email, display_name, may_contact, suppressions_of
from advocates.services.circle import circle_choose
from advocates.services.consents import consent_record
from advocates.services.suppression import suppression_add, suppression_lift
from config.lib import clock
from config.lib.money import Money, money_words

LATEST = 20
STANDINGS = {
    "promoter": (_lazy("promoter"), "success"),
    "passive": (_lazy("passive"), "neutral"),
    "detractor": (_lazy("detractor"), "danger"),
}
CIRCLE_TONES = {
    CircleChoice.Status.MEMBER: "accent",
    CircleChoice.Status.DISMISSED: "neutral",
    CircleChoice.Status.REMOVED: "neutral",
}
Status = CircleChoice.Status


class StandingFilter(admin.SimpleListFilter):
    title = _lazy("NPS")
    parameter_name = "nps"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrPromise]]:
        return [(name, label) for name, (label, _tone) in STANDINGS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        if self.value() == "promoter":
            return queryset.filter(nps_score__gte=Contact.PROMOTER_FROM)
        if self.value() == "passive":
            return queryset.filter(nps_score__gte=Contact.PASSIVE_FROM, nps_score__lt=Contact.PROMOTER_FROM)
        if self.value() == "detractor":
            return queryset.filter(nps_score__lt=Contact.PASSIVE_FROM)
        return queryset


def circle_status(contact: Contact) -> str:
    choice = getattr(contact, "circle", None)
    return choice.status if choice else ""


def _choose(request: HttpRequest, contact: Contact, status: str, note: str) -> None:
    assert isinstance(request.user, User)  # noqa: S101 - the console lets in nobody else
    circle_choose(contact=contact, status=status, actor=request.user, reasons=[], note=note, now=clock.now())


def take_in(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    _choose(request, contact, Status.MEMBER, said["note"])
    return _("%(name)s is in the inner circle now.") % {"name": display_name(contact)}


def dismiss(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    _choose(request, contact, Status.DISMISSED, said["note"])
    return _("%(name)s is not suggested again.") % {"name": display_name(contact)}


def take_out(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    _choose(request, contact, Status.REMOVED, said["reason"])
    return _("%(name)s is no longer in the inner circle.") % {"name": display_name(contact)}


def consent_by_phone(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    now = clock.now()
    assert isinstance(request.user, User)  # noqa: S101 - the console lets in nobody else
    consent_record(
        contact=contact,
        channel=said["channel"],
        basis=Consent.Basis.BY_PHONE,
        source="console",
        given_at=now,
        actor=request.user,
    )
    return _("Noted, with today's date and your name.")


def hold_mails(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    assert isinstance(request.user, User)  # noqa: S101 - the console lets in nobody else
    suppression_add(
        address=contact_email(contact),
        scope=Suppression.Scope.ASKS,
        reason=Suppression.Reason.STAFF,
        actor=request.user,
        now=clock.now(),
    )
    return _("This address gets no asks and no news any more.")


def allow_mails(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    assert isinstance(request.user, User)  # noqa: S101 - the console lets in nobody else
    suppression_lift(address=contact_email(contact), actor=request.user, reason=said["reason"])
    return _("Mails to this address are sent again.")


def is_held_back(contact: Contact) -> bool:
    email = contact_email(contact)
    return bool(email) and suppressions_of(email).exists()


VERBS: tuple[Verb[Contact], ...] = (
    Verb(
        "take-in",
        _lazy("Take into the inner circle"),
        "advocates.change_circlechoice",
        take_in,
        allowed=lambda contact: not contact.erased_at and circle_status(contact) != Status.MEMBER,
        form=NoteForm,
        tone="primary",
        icon="circle-dot",
    ),
    Verb(
        "dismiss",
        _lazy("Do not suggest"),
        "advocates.change_circlechoice",
        dismiss,
        allowed=lambda contact: not circle_status(contact),
        form=NoteForm,
    ),
    Verb(
        "take-out",
        _lazy("Take out of the inner circle"),
        "advocates.change_circlechoice",
        take_out,
        allowed=lambda contact: circle_status(contact) == Status.MEMBER,
        form=ReasonForm,
        tone="danger",
    ),
    Verb(
        "consent",
        _lazy("Agreed on the phone"),
        "advocates.change_contact",
        consent_by_phone,
        allowed=lambda contact: not contact.erased_at,
        form=ConsentForm,
        confirm=lambda contact: _("The person said to you that we may use this channel. It is kept with your name."),
        icon="phone",
    ),
    Verb(
        "hold-mails",
        _lazy("Send no more asks"),
        "advocates.add_suppression",
        hold_mails,
        allowed=lambda contact: bool(contact_email(contact)) and not is_held_back(contact),
        confirm=lambda contact: _(
            "Asks and news to this address stop at once. Mails about their own rewards still go."
        ),
        tone="danger",
    ),
    Verb(
        "allow-mails",
        _lazy("Allow mails again"),
        "advocates.delete_suppression",
        allow_mails,
        allowed=is_held_back,
        form=ReasonForm,
        confirm=lambda contact: _("Only if the person asked for it."),
    ),
)


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin[Contact]):
    list_display = ("who", "address", "relation", "purchases_count", "value", "standing", "circle_state", "created_at")
    list_filter = ("relation", StandingFilter, "circle__status", "language", "is_test")
    search_fields = ("public_id", "details__name", "details__company", "keys__value", "keys__shown")
    search_help_text = _lazy("Name, company, address or customer number")
    ordering = ("-created_at",)
    list_select_related = ("details", "circle")
    change_form_template = "admin/advocates/contact/change_form.html"
    verbs = VERBS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).filter(merged_into=None).prefetch_related("keys")

    @admin.display(description=_lazy("name"), ordering="details__name")
    def who(self, contact: Contact) -> str:
        return display_name(contact)

    @admin.display(description=_lazy("e-mail address"))
    def address(self, contact: Contact) -> str:
        return contact_email(contact)

    @admin.display(description=_lazy("lifetime value"), ordering="lifetime_amount")
    def value(self, contact: Contact) -> str:
        return value_words(contact)

    @admin.display(description=_lazy("NPS"), ordering="nps_score")
    def standing(self, contact: Contact) -> SafeString | str:
        return standing_pill(contact)

    @admin.display(description=_lazy("inner circle"), ordering="circle__status")
    def circle_state(self, contact: Contact) -> SafeString | str:
        status = circle_status(contact)
        return pill(Status(status).label, CIRCLE_TONES[Status(status)]) if status else ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        contact = self.get_object(request, object_id)
        if contact is None:
            return super().change_view(request, object_id, form_url, extra_context)
        page = {
            "detail": self._detail(request, contact),
            "keys": contact.keys.order_by("kind", "pk"),
            "purchases": [
                {"row": purchase, "value": money_words(Money(purchase.amount, purchase.unit))}
                for purchase in contact.purchases.order_by("-occurred_at", "-pk")[:LATEST]
            ],
            "consents": contact.consents.order_by("-given_at"),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | page)

    def _detail(self, request: HttpRequest, contact: Contact) -> dict[str, Any]:
        details = getattr(contact, "details", None)
        return {
            "title": display_name(contact),
            "subtitle": details.company if details else "",
            "status": {"label": contact.get_relation_display(), "tone": "accent" if contact.is_customer else "neutral"},
            "notes": _notes(contact),
            "facts": _facts(contact),
            "may": [_may(contact, channel) for channel in (ConsentChannel.EMAIL, ConsentChannel.PHONE)],
            "actions": self.verbs_for(request, contact),
        }


def value_words(contact: Contact) -> str:
    return money_words(Money(contact.lifetime_amount, contact.lifetime_unit)) if contact.lifetime_unit else ""


def standing_pill(contact: Contact) -> SafeString | str:
    if not contact.nps_standing:
        return ""
    label, tone = STANDINGS[contact.nps_standing]
    return pill(f"{contact.nps_score} · {label}", tone)


def _facts(contact: Contact) -> list[dict[str, Any]]:
    since = contact.customer_since
    facts = [
        (_("Customer since"), date_format(since) if since else "", ""),
        (_("Purchases"), contact.purchases_count or "", ""),
        (_("Lifetime value"), value_words(contact), ""),
        (_("NPS"), standing_pill(contact), date_format(contact.nps_at) if contact.nps_at else ""),
        *_circle_fact(contact),
        (_("Language"), contact.get_language_display() if contact.language else "", ""),
        (_("Country"), contact.country, contact.region),
        (_("Time zone"), contact.time_zone, ""),
        (_("Last asked"), date_format(contact.last_asked_at) if contact.last_asked_at else "", ""),
        (_("Known since"), date_format(contact.created_at), contact.public_id),
    ]
    return [{"label": label, "value": value, "hint": hint} for label, value, hint in facts if value != ""]


def _circle_fact(contact: Contact) -> list[tuple[str, Any, str]]:
    choice = getattr(contact, "circle", None)
    if choice is None:
        return []
    decided = _("%(who)s, %(day)s") % {"who": choice.chosen_by, "day": date_format(choice.chosen_at)}
    hint = " · ".join(filter(None, [decided, *choice.reasons, choice.note]))
    return [(_("Inner circle"), choice.get_status_display(), hint)]


def _may(contact: Contact, channel: ConsentChannel) -> dict[str, Any]:
    may = may_contact(contact, channel)
    since = f", {date_format(may.since)}" if may.since else ""
    label = _("May be phoned") if channel == ConsentChannel.PHONE else _("May be mailed")
    return {"label": label, "yes": may.allowed, "basis": f"{may.basis}{since}"}


def _notes(contact: Contact) -> list[dict[str, str]]:
    if contact.erased_at:
        return [{"tone": "warning", "text": _("This person asked to be forgotten. What remains has no name.")}]
    if contact.is_test:
        return [{"tone": "warning", "text": _("A test contact: it is paid nothing and stands in no figure.")}]
    return []
