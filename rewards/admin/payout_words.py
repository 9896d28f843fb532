"""How payouts are told to staff: sentences, pills, and the rows of the pages."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _, ngettext

from advocates.admin.base import page_url
from advocates.admin.detail import fact, moment, step
from campaigns.models import Company
from config.lib.money import Money, money_words
from rewards.models import Payout, PayoutLine, PayoutRun
from rewards.payout_plan import LeftOutBecause, Share

RUN_TONES = {
    PayoutRun.Status.DRAFT: "neutral",
    PayoutRun.Status.APPROVED: "accent",
    PayoutRun.Status.EXPORTED: "warning",
    PayoutRun.Status.CLOSED: "success",
}
PAYOUT_TONES = {
    Payout.Status.SUBMITTED: "warning",
    Payout.Status.SETTLED: "success",
    Payout.Status.RETURNED: "danger",
    Payout.Status.FAILED: "danger",
    Payout.Status.UNKNOWN: "danger",
    Payout.Status.NEEDS_REVIEW: "danger",
}


def people_and_money(run: PayoutRun) -> dict[str, Any]:
    """How many people the run still pays, and how much, for sentences."""
    waiting = run.payouts.exclude(status__in=[Payout.Status.RETURNED, Payout.Status.CANCELLED])
    amounts = list(waiting.values_list("amount", flat=True))
    return {"people": people_words(len(amounts)), "money": money_words(Money(sum(amounts), run.unit))}


def people_words(count: int) -> str:
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def four_eyes_words(run: PayoutRun) -> str:
    """Who may approve this run, in one sentence."""
    preparer = str(run.prepared_by or _("The schedule"))
    if run.approved_by:
        return _("%(preparer)s prepared it, %(approver)s approved it.") % {
            "preparer": preparer,
            "approver": run.approved_by,
        }
    if run.prepared_by is None:
        return _("The schedule prepared it: whoever approves it is the second pair of eyes.")
    if needs_second_person(run):
        return _("%(preparer)s prepared it, so somebody else has to approve it.") % {"preparer": preparer}
    return _("%(preparer)s prepared it and may also approve it: that is how the company set it.") % {
        "preparer": preparer
    }


def needs_second_person(run: PayoutRun) -> bool:
    """What the constraint payout_run_four_eyes will say, foretold for the page."""
    if run.four_eyes == Company.FourEyes.ABOVE:
        return run.unit != run.four_eyes_unit or run.total > run.four_eyes_amount
    return run.four_eyes == Company.FourEyes.ALWAYS


def run_status(run: PayoutRun) -> dict[str, Any]:
    if run.is_cancelled:
        return {"label": _("Cancelled"), "tone": "neutral"}
    return {"label": run.get_status_display(), "tone": RUN_TONES[PayoutRun.Status(run.status)]}


def payout_status(payout: Payout) -> dict[str, Any]:
    tone = PAYOUT_TONES.get(Payout.Status(payout.status), "neutral")
    return {"label": payout.get_status_display(), "tone": tone}


def run_facts(run: PayoutRun) -> list[dict[str, Any]]:
    facts = [
        (_("Number"), run.public_id),
        (_("Total"), money_words(Money(run.total, run.unit))),
        (_("Prepared"), moment(run.prepared_at)),
        (_("Approved"), run.approved_at and moment(run.approved_at)),
        (_("File made"), run.exported_at and moment(run.exported_at)),
    ]
    return [fact(label, value) for label, value in facts if value]


def run_timeline(run: PayoutRun) -> list[dict[str, Any]]:
    """The newest step first."""
    closed = _("Cancelled") if run.is_cancelled else _("Settled")
    steps = [
        (run.closed_at, "ban" if run.is_cancelled else "circle-check", closed, ""),
        (run.exported_at, "landmark", _("File made for the bank"), ""),
        (run.approved_at, "check-check", _("Approved"), run.approved_by),
        (run.prepared_at, "list-checks", _("Prepared"), run.prepared_by or _("the schedule")),
    ]
    return [step(at, title, icon=icon, who=str(who or "")) for at, icon, title, who in steps if at]


def payout_rows(payouts: Iterable[Payout]) -> list[dict[str, Any]]:
    """For the table of a run. A payout that came back says why."""
    return [
        {
            "url": page_url(payout),
            "person": str(payout.contact),
            "account": payout.method.masked,
            "amount": money_words(Money(payout.amount, payout.unit)),
            "netted": netted_words(payout.netted, payout.unit),
            "rewards": len(payout.lines.all()),
            "status": payout_status(payout),
            "reason": payout.reason,
        }
        for payout in payouts
    ]


def line_rows(payout: Payout) -> list[dict[str, Any]]:
    """The rewards inside a payout."""
    return [
        {
            "url": page_url(line.reward),
            "reward": line.reward.public_id,
            "campaign": line.reward.campaign.name,
            "amount": money_words(Money(line.amount, payout.unit)),
            "is_released": line.released_at is not None,
            "again": _again(line),
        }
        for line in payout.lines.select_related("reward__campaign").order_by("pk")
    ]


def _again(line: PayoutLine) -> dict[str, str] | None:
    """The payment that the reward of a released line stands in now."""
    if line.released_at is None:
        return None
    standing = line.reward.payout_lines.standing().select_related("payout").first()
    return {"url": page_url(standing.payout), "label": standing.payout.public_id} if standing else None


def payout_facts(payout: Payout) -> list[dict[str, Any]]:
    facts = [
        fact(_("Reference"), payout.public_id),
        fact(_("To"), payout.method.masked),
        fact(_("Run"), payout.run.public_id, url=page_url(payout.run)),
    ]
    if payout.netted:
        facts.append(fact(_("Kept back"), netted_words(payout.netted, payout.unit)))
    return facts


def payout_timeline(payout: Payout) -> list[dict[str, Any]]:
    """The newest step first."""
    steps = [
        (payout.returned_at, "undo-2", "danger", _("Came back"), payout.reason),
        (payout.settled_at, "circle-check", "success", _("Settled"), ""),
        (payout.run.exported_at, "landmark", "", _("Handed to the bank"), ""),
        (payout.run.prepared_at, "list-checks", "", _("Prepared"), ""),
    ]
    return [step(at, title, icon=icon, tone=tone, text=text) for at, icon, tone, title, text in steps if at]


def share_rows(shares: Iterable[Share], unit: str) -> list[dict[str, Any]]:
    """For the page that prepares: what one person would be paid, or why they would not."""
    return [
        {
            "person": str(share.contact),
            "account": share.method.masked if share.method else "",
            "amount": money_words(Money(share.amount, unit)),
            "earned": money_words(Money(share.earned, unit)),
            "netted": netted_words(share.netted, unit),
            "rewards": len(share.rewards),
            "left_out": left_out_words(share, unit),
        }
        for share in shares
    ]


def left_out_words(share: Share, unit: str) -> str:
    """Why this person is not paid now; with the day or the amount that it waits for."""
    if share.left_out == LeftOutBecause.RESTING and share.rests_until:
        return _("the bank account was changed and rests until %(when)s") % {"when": moment(share.rests_until)}
    if share.left_out == LeftOutBecause.BELOW_MINIMUM:
        return _("below the least payout of %(least)s") % {"least": money_words(Money(share.least, unit))}
    return str(share.left_out.label) if share.left_out else ""


def netted_words(netted: int, unit: str) -> str:
    return money_words(Money(netted, unit)) if netted else ""
