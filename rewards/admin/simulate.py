"""'Try the rules': what would be paid, what would have been paid, what a month costs. Reads only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from advocates.admin.base import page_url
from advocates.admin.tables import Cell, Table, table_html
from advocates.models import Contact
from advocates.selectors import display_name
from campaigns.models import Campaign
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.patience import TookTooLong, at_most
from rewards.admin.simulate_chart import chart_of
from rewards.admin.simulate_forms import ASSUMED, FILE, ONE, YEAR, TryForm
from rewards.models import RewardRule
from rewards.play.backtest import Backtest, backtest, game_play
from rewards.play.event_files import Line, events_read, lines_play
from rewards.play.game import Game, WouldBe
from rewards.play.outlook import Assumptions, cost_sentence, outlook_assumed, outlook_of, prices_of, prices_sentence
from rewards.play.report import (
    amount_words,
    month_rows,
    refused_words,
    rule_rows,
    standing_words,
    sum_words,
    sums_words,
    waiting_sums,
    why,
)
from rewards.play.setting import PlayRule, Setting, drafted_rules, setting_of
from rewards.play.totals import totals_of, would_be_entries
from rewards.rule_files import rule_file_read, rules_standing, rules_write

PERMISSION = "rewards.change_rewardrule"
# How long a page may play; the command has all the time there is.
SECONDS = 15
YEAR_DAYS = 365
SHOWN = 100
PERCENT_POINT = 100


@dataclass(slots=True)
class Shown:
    """What the page shows below the form; each table as HTML, empty without rows."""

    sentence: str = ""
    notes: list[str] = field(default_factory=list)
    costs: list[str] = field(default_factory=list)
    cost_note: str = ""
    charts: list[dict[str, Any]] = field(default_factory=list)
    tables: list[tuple[str, str]] = field(default_factory=list)


def simulate_urls(site: admin.AdminSite) -> list[URLPattern]:
    """Under the rules' own address, before the pages of single rules."""
    return [path("in/<int:campaign_pk>/try/", site.admin_view(try_page), name="rewards_rewardrule_try")]


def try_page(request: HttpRequest, campaign_pk: int) -> HttpResponse:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    campaign = get_object_or_404(Campaign, pk=campaign_pk)
    now, standing = clock.now(), rules_write(rules_standing(campaign))
    if request.method == "POST":
        form = TryForm(request.POST, request.FILES, campaign=campaign)
    else:
        day, event = now.date(), next(iter(campaign.conversion_events), "purchase")
        form = TryForm(campaign=campaign, initial={"rules": standing, "day": day, "event": event, "amount": 90})
    shown, problems = _tried(request, form, campaign, now) if form.is_bound and form.is_valid() else (None, [])
    context = admin.site.each_context(request) | {
        "title": _("Try the rules"),
        "campaign": campaign,
        "campaign_url": page_url(campaign),
        "form": form,
        "shown": shown,
        "problems": problems,
        "is_changed": form.is_bound and form.data.get("rules", "").split() != standing.split(),
        "opts": RewardRule._meta,
    }
    return TemplateResponse(request, "admin/rewards/simulate/try.html", context)


def _tried(request: HttpRequest, form: TryForm, campaign: Campaign, now: datetime) -> tuple[Shown | None, list[str]]:
    typed = form.cleaned_data
    try:
        rules = drafted_rules(rule_file_read(typed["rules"] or "rules = []", campaign=campaign).rules)
        with at_most(SECONDS):
            return _shown(request, typed, campaign, rules, now), []
    except DomainError as refusal:
        return None, [str(reason) for reason in refusal.extra.get("reasons") or [refusal]]
    except TookTooLong:
        command = f"rules_backtest {campaign.slug}"
        told = _("This takes longer than a page may wait. The command “%(command)s” has the time.")
        return None, [told % {"command": command}]


def _shown(
    request: HttpRequest, typed: dict[str, Any], campaign: Campaign, rules: list[PlayRule], now: datetime
) -> Shown:
    setting = setting_of(campaign)
    if typed["on"] == YEAR:
        return _of_year(request, campaign, rules, now)
    if typed["on"] == ASSUMED:
        return _of_assumptions(request, typed, campaign, rules, setting)
    if typed["on"] == FILE:
        events = events_read(typed["events"], campaign=campaign, setting=setting, rules=rules, now=now)
    else:
        events = lines_play(_made_up(typed, campaign), campaign=campaign, setting=setting, rules=rules, now=now)
    game = Game(setting, rules)
    game_play(game, events, seconds=SECONDS)
    return _of_game(request, game)


def _made_up(typed: dict[str, Any], campaign: Campaign) -> list[Line]:
    """The same event for each friend, one after the other."""
    assert typed["on"] == ONE  # noqa: S101 - the other choices are no events to make up
    event: dict[str, Any] = {"type": typed["event"], "occurred_at": f"{typed['day']:%Y-%m-%d}"}
    event["advocate"] = typed["advocate"]
    if typed["amount"] is not None:
        event |= {"amount": typed["amount"], "currency": campaign.currency}
    if typed["product"]:
        event |= {"product": typed["product"], "quantity": typed["quantity"] or 1}
    count = typed["friends"]
    names = [typed["friend"] if count == 1 else f"{typed['friend']} {number}" for number in range(1, count + 1)]
    return [Line(number, event | {"friend": name}) for number, name in enumerate(names, start=1)]


# --- what comes out ---------------------------------------------------------------------------------------------------


def _of_game(request: HttpRequest, game: Game) -> Shown:
    totals = totals_of(would_be_entries(game.rewards))
    shown = Shown(sentence=_("Would be paid: %(sums)s.") % {"sums": sums_words(totals.by_unit)})
    shown.notes = _waiting_notes(game)
    shown.tables = [
        (_("Rewards"), _rewards_table(request, game)),
        (_("What pays nothing, and why"), _refusals_table(request, game)),
    ]
    return shown


def _waiting_notes(game: Game) -> list[str]:
    waiting = waiting_sums(game)
    return [_("Would wait for room: %(sums)s.") % {"sums": sums_words(waiting)}] if waiting else []


def _of_year(request: HttpRequest, campaign: Campaign, rules: list[PlayRule], now: datetime) -> Shown:
    since = now - timedelta(days=YEAR_DAYS)
    result = backtest(campaign=campaign, rules=rules, since=since, now=now, seconds=SECONDS)
    would, paid = sums_words(result.would_totals.by_unit), sums_words(result.paid_totals.by_unit)
    shown = Shown(_("Would have been paid: %(would)s. Was paid: %(paid)s.") % {"would": would, "paid": paid})
    shown.notes = _people_notes(result) + _waiting_notes(result.game)
    prices = prices_of(campaign)
    first = result.game.setting.day(since)
    first = max(first, min((entry.day for entry in result.would), default=first))
    outlook = outlook_of(result.would, rules=rules, prices=prices, first=first, last=result.game.setting.day(now))
    shown.costs = [cost_sentence(cost) for cost in outlook.costs.values()]
    shown.cost_note = prices_sentence(prices) if any(by.rule.benefit == "coupon" for by in rules) else ""
    rows = list(month_rows(result))
    units = sorted({unit for _month, unit, _would, _paid in rows})
    shown.charts = [chart_of(unit, [(one[0], one[2], one[3]) for one in rows if one[1] == unit]) for unit in units]
    shown.tables = [
        (_("Month by month"), _comparison(request, _("Month"), rows)),
        (_("Rule by rule"), _comparison(request, _("Rule"), list(rule_rows(result)))),
        (_("Rewards"), _rewards_table(request, result.game)),
    ]
    return shown


def _people_notes(result: Backtest) -> list[str]:
    told = _("%(unit)s: %(more)s people would have got more, %(less)s less, %(same)s the same.")
    return [
        told % {"unit": unit, "more": one.more, "less": one.less, "same": one.same}
        for unit, one in sorted(result.differences.items())
    ]


def _of_assumptions(
    request: HttpRequest, typed: dict[str, Any], campaign: Campaign, rules: list[PlayRule], setting: Setting
) -> Shown:
    assumed = Assumptions(
        friends=typed["friends_a_month"],
        buyers=typed["buyers"] * PERCENT_POINT,
        sale=typed["sale"],
        unit=campaign.currency,
        spread=typed["spread"] * PERCENT_POINT,
    )
    outlook = outlook_assumed(setting, rules, assumed)
    shown = Shown(costs=[cost_sentence(cost) for cost in outlook.costs.values()])
    shown.cost_note = _("By made-up months with these figures, each advocate with two friends; all coupons are used.")
    for unit, months in outlook.months.items():
        rows = [(_("Month %(number)s") % {"number": month}, amount) for month, amount in months.items()]
        shown.charts.append(chart_of(unit, [(name, amount, None) for name, amount in rows]))
        table = Table(
            [_("Made-up month"), _("Cost")],
            [[Cell(name), Cell(amount_words(amount, unit), is_number=True)] for name, amount in rows],
        )
        shown.tables.append((_("Twelve of these months"), table_html(request, table)))
    return shown


def _rewards_table(request: HttpRequest, game: Game) -> str:
    shown = game.rewards[:SHOWN]
    people = _people([reward.party.key for reward in shown if not reward.party.name])
    rows = [
        [
            Cell(date_format(reward.day, "SHORT_DATE_FORMAT")),
            _who(reward, people.get(reward.party.key)),
            Cell(amount_words(reward.left, reward.unit), is_number=True),
            Cell(why(reward.trace, passed=True), hint=standing_words(reward)),
        ]
        for reward in shown
    ]
    columns = [_("Day"), _("Who"), _("Amount"), _("Why")]
    return table_html(request, Table(columns, rows, note=_first_of(len(game.rewards))))


def _people(keys: list[str]) -> dict[str, Contact]:
    """Of a real history: who they are."""
    found = Contact.objects.filter(public_id__in=keys).select_related("details").prefetch_related("keys")
    return {contact.public_id: contact for contact in found}


def _who(reward: WouldBe, person: Contact | None) -> Cell:
    if person:
        return Cell(display_name(person), url=page_url(person), hint=reward.rule)
    return Cell(reward.party.name or reward.party.key, hint=reward.rule)


def _refusals_table(request: HttpRequest, game: Game) -> str:
    rows = [
        [Cell(one.rule), Cell(one.happening.type, hint=one.happening.key), Cell(refused_words(one))]
        for one in game.refused[:SHOWN]
    ]
    return table_html(request, Table([_("Rule"), _("Event"), _("Why not")], rows, note=_first_of(len(game.refused))))


def _first_of(count: int) -> str:
    if count <= SHOWN:
        return ""
    told = ngettext("The first %(shown)s of %(count)s.", "The first %(shown)s of %(count)s.", count)
    return told % {"shown": SHOWN, "count": count}


def _comparison(request: HttpRequest, head: str, rows: list[tuple[str, str, int, int]]) -> str:
    cells = [
        [
            Cell(name),
            *(Cell(sum_words(amount, unit), is_number=True) for amount in (would, paid, would - paid)),
        ]
        for name, unit, would, paid in rows
    ]
    return table_html(request, Table([head, _("Would have been paid"), _("Was paid"), _("Difference")], cells))
