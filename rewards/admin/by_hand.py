"""What colleagues give and correct by hand: asked for with a reason, agreed to by a second person."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, note, step
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from rewards.admin.by_hand_form import ByHandForm
from rewards.models import ByHand
from rewards.services.by_hand import by_hand_agree, by_hand_ask, by_hand_refuse, needs_second
from rewards.words.by_hand import by_hand_words

ASK, DECIDE = "rewards.ask_by_hand", "rewards.decide_by_hand"
Status = ByHand.Status
KEPT = ("kind", "contact", "campaign", "benefit")


class RefuseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500)


def confirm_agree(change: ByHand) -> str:
    told = {"person": change.contact, "what": by_hand_words(change)}
    return _("For %(person)s: %(what)s. It happens at once, and stands in the books.") % told


def run_agree(request: HttpRequest, change: ByHand, cleaned: dict[str, Any]) -> str:
    by_hand_agree(change=change, actor=staff_of(request), now=clock.now())
    return _("Agreed, and done.")


def run_refuse(request: HttpRequest, change: ByHand, cleaned: dict[str, Any]) -> str:
    by_hand_refuse(change=change, actor=staff_of(request), reason=cleaned["reason"], now=clock.now())
    return _("Refused: nothing has happened.")


def is_waiting(change: ByHand) -> bool:
    return change.status == Status.WAITING


AGREE: Verb[ByHand] = Verb(
    name="agree",
    label=gettext_lazy("Agree"),
    permission=DECIDE,
    run=run_agree,
    allowed=is_waiting,
    confirm=confirm_agree,
    tone="primary",
    icon="check-check",
)
REFUSE: Verb[ByHand] = Verb(
    name="refuse",
    label=gettext_lazy("Refuse"),
    permission=DECIDE,
    run=run_refuse,
    allowed=is_waiting,
    form=RefuseForm,
    tone="danger",
    icon="ban",
)


@admin.register(ByHand)
class ByHandAdmin(DetailAdmin[ByHand]):
    form = ByHandForm
    list_display = ("asked_words", "contact", "kind", "worth", "state", "asked_by", "decided_by")
    list_display_links = ("asked_words",)
    list_filter = ("status", "kind", "campaign")
    list_select_related = ("contact__details", "campaign", "asked_by", "decided_by")
    ordering = ("-asked_at", "-pk")
    search_fields = ("public_id", "contact__details__name", "=contact__public_id")
    search_help_text = gettext_lazy("Number of a change, or a name")
    autocomplete_fields = ("contact", "referral")
    verbs = (AGREE, REFUSE)
    tones = {Status.WAITING: "warning", Status.DONE: "success", Status.REFUSED: "danger"}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ASK)

    def has_change_permission(self, request: HttpRequest, obj: ByHand | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What the service refuses is said above the form; the reason has to be typed again."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            typed = urlencode({name: request.POST.get(name, "") for name in KEPT})
            return HttpResponseRedirect(f"{reverse('admin:rewards_byhand_add')}?{typed}")

    def save_model(self, request: HttpRequest, obj: ByHand, form: Any, change: bool) -> None:
        made = by_hand_ask(wish=form.wish, actor=staff_of(request), now=clock.now())
        obj.pk, obj.public_id, obj.status = made.pk, made.public_id, made.status

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says who asked for what."""
        return []

    def response_add(self, request: HttpRequest, obj: ByHand, post_url_continue: str | None = None) -> HttpResponse:
        if obj.status == Status.DONE:
            messages.success(request, _("Done."))
        else:
            messages.success(request, _("A second person has to agree: it stands on their list."))
        return HttpResponseRedirect(page_url(obj))

    @admin.display(description=gettext_lazy("asked for"), ordering="asked_at")
    def asked_words(self, change: ByHand) -> str:
        return moment(change.asked_at)

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def worth(self, change: ByHand) -> str:
        return money_words(Money(change.amount, change.unit))

    def detail(self, request: HttpRequest, change: ByHand) -> dict[str, Any]:
        return {
            "title": str(change.contact),
            "subtitle": by_hand_words(change),
            "status": self.status(change),
            "notes": [note(four_eyes_words(change))],
            "facts": facts_of(change),
            "timeline": story_of(change),
        }


def four_eyes_words(change: ByHand) -> str:
    if change.asked_by is None:
        return _("The company's policy did this: see the page about money.")
    if not needs_second(change):
        return _("For as much the company wants no second person.")
    return _("A second person has to agree. Whoever asked for it cannot be that person.")


def facts_of(change: ByHand) -> list[dict[str, Any]]:
    facts = [
        fact(_("Number"), change.public_id),
        fact(_("Person"), change.contact, url=page_url(change.contact)),
        fact(_("Campaign"), change.campaign, url=page_url(change.campaign)),
    ]
    if change.referral:
        facts.append(fact(_("Referral"), change.referral, url=page_url(change.referral)))
    facts += [fact(_("What exactly"), value) for value in change.benefit_settings.values()]
    if change.reward:
        facts.append(fact(_("Reward"), change.reward.get_status_display(), url=page_url(change.reward)))
    return facts


def story_of(change: ByHand) -> list[dict[str, Any]]:
    asked = step(change.asked_at, _("Asked for"), icon="hand-coins", text=change.reason, who=str(change.asked_by or ""))
    if change.decided_at is None:
        return [asked]
    is_done = change.status == Status.DONE
    decided = step(
        change.decided_at,
        change.get_status_display(),
        icon="circle-check" if is_done else "ban",
        tone="success" if is_done else "danger",
        who=str(change.decided_by or ""),
    )
    return [decided, asked]
