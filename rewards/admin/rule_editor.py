"""Where a rule is written: four steps, and beside them the sentence that they make, as it changes.

While somebody writes, the server answers with the sentence and with what is wrong; the form itself is never drawn
anew under their hands, so that nothing they choose meanwhile can be lost. Without a script a button does both.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from advocates.admin.base import page_url, staff_of
from campaigns.models import Campaign
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.units import PERCENT
from rewards.admin.rule_forms.choices import Offered
from rewards.admin.rule_forms.entry import Entry, Reading, entry_new, entry_of, with_pressed
from rewards.admin.rule_forms.page import page_of
from rewards.admin.rule_forms.shapes import Typed
from rewards.admin.rule_versions import version_note
from rewards.errors import BadRule
from rewards.models import RewardRule
from rewards.services.rule_drafts import RuleDraft, draft_of
from rewards.services.rule_problems import draft_problems
from rewards.services.rules import rule_save
from rewards.words import staff_sentences

ADD, CHANGE = "rewards.add_rewardrule", "rewards.change_rewardrule"
REDRAWS = frozenset({"add", "remove", "look", "more"})
LIST = "admin:rewards_rewardrule_changelist"


def editor(
    request: HttpRequest, context: dict[str, Any], campaign: Campaign, rule: RewardRule | None, model: RewardRule | None
) -> HttpResponse:
    """The page: shown, drawn anew, or saved. `model`: the rule that a new one begins from."""
    if not request.user.has_perm(CHANGE if rule else ADD):
        raise PermissionDenied
    offered = Offered(campaign)
    if request.method != "POST":
        return _page(request, context, _begun(offered, rule, model), problems=[])
    entry = Entry(with_pressed(_posted(request)), offered, rule)
    if REDRAWS & set(request.POST):
        return _page(request, context, entry, problems=[])
    return _save(request, context, entry)


def preview_fragment(request: HttpRequest, campaign: Campaign, rule: RewardRule | None) -> HttpResponse:
    """The sentence of what was typed so far, and what is wrong with it. Nothing is saved."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    entry = Entry(_posted(request), Offered(campaign), rule)
    return TemplateResponse(request, "admin/rewards/rewardrule/preview.html", {"preview": preview(entry)})


def choose_campaign(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """A rule belongs to a campaign: the first question, where the address does not answer it."""
    if not request.user.has_perm(ADD):
        raise PermissionDenied
    page = {
        "title": _("New rule"),
        "campaigns": Campaign.objects.exclude(status=Campaign.Status.ENDED).order_by("name"),
    }
    return TemplateResponse(request, "admin/rewards/rewardrule/choose_campaign.html", context | page)


def preview(entry: Entry, *, is_pressed: bool = False) -> dict[str, Any]:
    """`is_pressed`: somebody wanted to save it, so that what is missing is wrong as well."""
    reading = entry.reading
    begun = {name: wrong for name, wrong in reading.problems.items() if is_pressed or not wrong.is_missing}
    missing = len(reading.problems) - len(begun)
    return {
        "sentences": staff_sentences(reading.draft, campaign=entry.offered.campaign) if _can_be_told(reading) else [],
        "problems": [{"field": name, "text": str(wrong)} for name, wrong in begun.items()],
        "general": [] if reading.problems else draft_problems(reading.draft, entry.offered.campaign),
        "missing": missing,
        "unit": "%" if entry.limit_unit == PERCENT else entry.limit_unit,
        "note": version_note(entry.rule) if entry.rule else "",
    }


def _can_be_told(reading: Reading) -> bool:
    return bool(reading.draft.trigger)


def _save(request: HttpRequest, context: dict[str, Any], entry: Entry) -> HttpResponse:
    reading = entry.reading
    if reading.problems:
        return _page(request, context, entry, problems=[], is_pressed=True)
    if entry.rule and request.POST.get("seen") != fingerprint(entry.rule):
        text = _("Somebody saved this rule a moment ago. Look at it before you change it again.")
        return _page(request, context, entry, problems=[text])
    try:
        saved = _saved(request, entry, reading.draft)
    except BadRule as refusal:
        return _page(request, context, entry, problems=refusal.extra["reasons"])
    except DomainError as refusal:
        return _page(request, context, entry, problems=[str(refusal)])
    messages.success(request, _said(entry.rule, saved))
    return HttpResponseRedirect(page_url(saved))


def _saved(request: HttpRequest, entry: Entry, draft: RuleDraft) -> RewardRule:
    """A form that nobody touched leaves the rule as it is stored, to the letter."""
    if entry.rule and entry_of(draft_of(entry.rule), entry.offered, entry.rule).reading.draft == draft:
        return entry.rule
    return rule_save(campaign=entry.offered.campaign, draft=draft, actor=staff_of(request), now=clock.now())


def _said(before: RewardRule | None, saved: RewardRule) -> str:
    if before is None:
        return _("The rule is saved.")
    if before.version != saved.version:
        return _("Saved: version %(number)s holds from now on.") % {"number": saved.version}
    return _("The rule is saved.")


def fingerprint(rule: RewardRule) -> str:
    """Of the rule as it stood when the form was opened, so that nobody saves over what they have not seen."""
    return salted_hmac("rewards.rule_editor", f"{rule.pk} {draft_of(rule)!r}").hexdigest()[:16]


def _begun(offered: Offered, rule: RewardRule | None, model: RewardRule | None) -> Entry:
    if rule:
        return entry_of(draft_of(rule), offered, rule)
    return entry_of(draft_of(model), offered) if model else entry_new(offered)


def _posted(request: HttpRequest) -> Typed:
    """What was typed, without what no text holds."""
    return Typed({name: [one.replace("\0", "") for one in values] for name, values in request.POST.lists()})


def _page(
    request: HttpRequest, context: dict[str, Any], entry: Entry, *, problems: list[str], is_pressed: bool = False
) -> HttpResponse:
    rule, campaign = entry.rule, entry.offered.campaign
    shown = preview(entry, is_pressed=is_pressed)
    wrong = {problem["field"]: problem["text"] for problem in shown["problems"]}
    page = page_of(entry, wrong) | {
        "title": _("Change the rule") if rule else _("New rule"),
        "rule": rule,
        "campaign": campaign,
        "seen": fingerprint(rule) if rule else "",
        "back_url": page_url(rule) if rule else page_url(campaign),
        "preview_url": _preview_url(campaign, rule),
        "preview": shown,
        "reasons": problems,
        "is_refused": is_pressed,
        "pressed": request.POST.get("add", "") if request.method == "POST" else "",
    }
    return TemplateResponse(request, "admin/rewards/rewardrule/editor.html", context | page)


def _preview_url(campaign: Campaign, rule: RewardRule | None) -> str:
    if rule:
        return reverse("admin:rewards_rewardrule_preview_of", args=[rule.pk])
    return reverse("admin:rewards_rewardrule_preview", args=[campaign.pk])
