"""Contests: made as a draft, opened, drawn. The entries stand by number, each with why it does not count."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import ConsoleAdmin, ReadOnlyAdmin, page_url, pill, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, note, step
from config.lib import clock
from rewards.admin.contest_forms import ContestForm, prize_lines
from rewards.admin.contest_verbs import ADD_FREE, CANCEL, DRAW, OPEN, VOID
from rewards.contests import may_be_drawn, rules_into
from rewards.models import Contest, ContestEntry, Reward
from rewards.services.contests import contest_problems, contest_save

Status = Contest.Status
FORM_FIELDS = (*ContestForm.Meta.fields, "prize_lines", "countries")


@admin.register(Contest)
class ContestAdmin(DetailAdmin[Contest], ConsoleAdmin[Contest]):
    form = ContestForm
    list_display = ("name", "campaign", "begins", "ends", "entry_count", "state")
    list_filter = ("status", "campaign")
    list_select_related = ("campaign",)
    ordering = ("-ends_at",)
    search_fields = ("name", "campaign__name", "=public_id")
    prepopulated_fields = {"key": ("name",)}
    fields = FORM_FIELDS
    change_form_template = "admin/rewards/contest/change_form.html"
    verbs = (OPEN, DRAW, ADD_FREE, CANCEL)
    tones = {Status.OPEN: "accent", Status.DRAWN: "success", Status.CANCELLED: "danger"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contest]:
        counted = Count("entries", filter=Q(entries__void_reason=""))
        return super().get_queryset(request).annotate(valid_entries=counted)

    def has_change_permission(self, request: HttpRequest, obj: Contest | None = None) -> bool:
        """What people have entered under does not change."""
        is_fixed = obj is not None and obj.status != Status.DRAFT
        return not is_fixed and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Contest | None = None) -> Any:
        return FORM_FIELDS if obj is None or obj.status == Status.DRAFT else ContestForm.Meta.fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Contest | None = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Contest, form: Any, change: bool) -> None:
        contest_save(contest=obj, actor=staff_of(request))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says what changed."""
        return []

    @admin.display(description=gettext_lazy("begins"), ordering="starts_at")
    def begins(self, contest: Contest) -> str:
        return moment(contest.starts_at)

    @admin.display(description=gettext_lazy("ends"), ordering="ends_at")
    def ends(self, contest: Contest) -> str:
        return moment(contest.ends_at)

    @admin.display(description=gettext_lazy("entries"), ordering="valid_entries")
    def entry_count(self, contest: Contest) -> int:
        count: int = contest.valid_entries  # type: ignore[attr-defined]
        return count

    def detail(self, request: HttpRequest, contest: Contest) -> dict[str, Any]:
        public = reverse("rewards:contest", args=[contest.public_id]) if _is_public(contest) else ""
        facts = [
            fact(_("Campaign"), contest.campaign, url=page_url(contest.campaign)),
            fact(_("Begins"), moment(contest.starts_at)),
            fact(_("Ends"), moment(contest.ends_at)),
            fact(_("Entries that count"), self.entry_count(contest), url=_entries_url(contest)),
            fact(_("Prizes"), prize_lines(contest)),
            fact(_("Entries a person at most"), contest.entries_per_person or _("as many as are earned")),
            fact(_("Countries left out"), ", ".join(contest.excluded_countries) or _("none")),
        ]
        if public:
            facts.append(fact(_("Public page"), _("Look at it"), url=public))
            facts.append(fact(_("Hash of the seed"), contest.seed_hash))
        return {
            "title": contest.name,
            "subtitle": contest.campaign.name,
            "icon": "trophy",
            "status": self.status(contest),
            "notes": [note(words, tone=tone) for words, tone in _notes(contest)],
            "facts": facts,
            "timeline": _story(contest),
        }

    def sections(self, request: HttpRequest, contest: Contest) -> dict[str, Any]:
        winners = contest.winners.select_related("entry__contact__details").order_by("rank")
        rows = [
            {
                "rank": winner.rank,
                "prize": winner.prize,
                "number": winner.entry.number,
                "person": winner.entry.contact,
                "url": page_url(winner.entry.contact),
            }
            for winner in winners
        ]
        return {"show_form": contest.status == Status.DRAFT, "winners": rows}


@admin.register(ContestEntry)
class ContestEntryAdmin(DetailAdmin[ContestEntry], ReadOnlyAdmin[ContestEntry]):
    list_display = ("number", "contest", "contact", "counts", "entered_at")
    list_filter = ("contest",)
    list_select_related = ("contest", "contact__details")
    ordering = ("-contest", "number")
    search_fields = ("contact__details__name", "=number")
    search_help_text = gettext_lazy("A name, or the number of an entry")
    verbs = (VOID,)

    @admin.display(description=gettext_lazy("counts"), ordering="void_reason")
    def counts(self, entry: ContestEntry) -> SafeString:
        return pill(**self.status(entry))

    def status(self, entry: ContestEntry) -> dict[str, Any]:
        if entry.void_reason:
            return {"label": _("no: %(why)s") % {"why": _(entry.void_reason)}, "tone": "danger"}
        return {"label": _("yes"), "tone": "success"}

    def detail(self, request: HttpRequest, entry: ContestEntry) -> dict[str, Any]:
        facts = [
            fact(_("Contest"), entry.contest, url=page_url(entry.contest)),
            fact(_("Person"), entry.contact, url=page_url(entry.contact)),
            fact(_("Earned by"), entry.reward or _("the way without a referral"), url=_reward_url(entry.reward)),
        ]
        return {
            "title": _("Entry %(number)s") % {"number": entry.number},
            "subtitle": entry.contest.name,
            "icon": "ticket",
            "status": self.status(entry),
            "facts": facts,
            "timeline": [step(entry.entered_at, _("Entered"), icon="ticket")],
        }


def _is_public(contest: Contest) -> bool:
    return bool(contest.seed_hash) and not contest.campaign.is_test


def _entries_url(contest: Contest) -> str:
    return f"{reverse('admin:rewards_contestentry_changelist')}?contest__id__exact={contest.pk}"


def _reward_url(reward: Reward | None) -> str:
    return page_url(reward) if reward else ""


def _notes(contest: Contest) -> list[tuple[str, str]]:
    """What to know before the next step."""
    if contest.status == Status.DRAFT:
        return [(problem, "warning") for problem in contest_problems(contest)] + _without_rule(contest)
    if contest.status != Status.OPEN:
        return []
    waiting = Reward.objects.filter(
        campaign=contest.campaign_id,
        benefit="entry",
        benefit_settings__contest=contest.key,
        status=Reward.Status.PENDING,
    ).count()
    notes = []
    if waiting:
        notes.append((_("Entries that still wait, and would be missed by a draw: %(n)s.") % {"n": waiting}, "warning"))
    if may_be_drawn(contest, clock.now()):
        notes.append((_("It has ended: the winners can be drawn."), "info"))
    return notes + _without_rule(contest)


def _without_rule(contest: Contest) -> list[tuple[str, str]]:
    if rules_into(contest):
        return []
    return [(_("No rule gives entries of it: people come in only by the way without a referral."), "info")]


def _story(contest: Contest) -> list[dict[str, Any]]:
    """The newest step first."""
    steps = []
    if contest.drawn_at:
        steps.append(step(contest.drawn_at, _("Drawn"), icon="trophy", tone="success", who=str(contest.drawn_by or "")))
    if contest.status != Status.DRAFT:
        steps.append(step(contest.ends_at, _("Ends"), icon="flag"))
        steps.append(step(contest.starts_at, _("Begins"), icon="play"))
    return steps
