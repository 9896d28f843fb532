"""What staff do with a run and with a payment. Each verb says first how much money goes to how many people."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import Verb, staff_of
from advocates.forms import ReasonForm
from config.lib import clock
from config.lib.money import Money, money_words
from rewards.admin.payout_words import people_and_money
from rewards.forms import ReturnForm
from rewards.models import Payout, PayoutRun
from rewards.services.payouts import (
    payout_return,
    payout_run_approve,
    payout_run_cancel,
    payout_run_export,
    payout_run_settle,
    payout_take_out,
)

PREPARE = "rewards.prepare_payouts"
APPROVE = "rewards.approve_payouts"


def confirm_approve(run: PayoutRun) -> str:
    return _("%(money)s go to %(people)s. You approve that as the second pair of eyes.") % people_and_money(run)


def confirm_export(run: PayoutRun) -> str:
    return _(
        "A file that pays %(money)s to %(people)s is made for the bank. From now on the money counts "
        "as in transit, and the run can no longer be cancelled."
    ) % people_and_money(run)


def confirm_settle(run: PayoutRun) -> str:
    return _(
        "The bank has paid %(money)s to %(people)s. They are told by mail. What came back is marked before "
        "or later, payment by payment."
    ) % people_and_money(run)


def confirm_cancel(run: PayoutRun) -> str:
    return _(
        "Nobody is paid by this run. The %(money)s for %(people)s stay approved and stand in the next one."
    ) % people_and_money(run)


def run_approve(request: HttpRequest, run: PayoutRun, data: dict[str, Any]) -> str:
    payout_run_approve(run=run, actor=staff_of(request), now=clock.now())
    return _("Approved: the file for the bank can be made.")


def run_export(request: HttpRequest, run: PayoutRun, data: dict[str, Any]) -> str:
    payout_run_export(run=run, actor=staff_of(request), now=clock.now())
    return _("The file is ready: take it out and hand it to the bank.")


def run_settle(request: HttpRequest, run: PayoutRun, data: dict[str, Any]) -> str:
    payout_run_settle(run=run, actor=staff_of(request), now=clock.now())
    return _("Settled. Everybody who was paid is told by mail.")


def run_cancel(request: HttpRequest, run: PayoutRun, data: dict[str, Any]) -> str:
    payout_run_cancel(run=run, actor=staff_of(request), now=clock.now())
    return _("Cancelled. The rewards stand in the next run.")


APPROVE_RUN: Verb[PayoutRun] = Verb(
    name="approve",
    label=gettext_lazy("Approve"),
    permission=APPROVE,
    run=run_approve,
    allowed=lambda run: run.status == PayoutRun.Status.DRAFT,
    confirm=confirm_approve,
    tone="primary",
    icon="check-check",
)
EXPORT_RUN: Verb[PayoutRun] = Verb(
    name="export",
    label=gettext_lazy("Make the file for the bank"),
    permission=APPROVE,
    run=run_export,
    allowed=lambda run: run.status == PayoutRun.Status.APPROVED,
    confirm=confirm_export,
    tone="primary",
    icon="landmark",
)
SETTLE_RUN: Verb[PayoutRun] = Verb(
    name="settle",
    label=gettext_lazy("The bank has paid"),
    permission=PREPARE,
    run=run_settle,
    allowed=lambda run: run.status == PayoutRun.Status.EXPORTED,
    confirm=confirm_settle,
    tone="primary",
    icon="circle-check",
)
CANCEL_RUN: Verb[PayoutRun] = Verb(
    name="cancel",
    label=gettext_lazy("Cancel the run"),
    permission=PREPARE,
    run=run_cancel,
    allowed=lambda run: run.status in {PayoutRun.Status.DRAFT, PayoutRun.Status.APPROVED},
    confirm=confirm_cancel,
    tone="danger",
    icon="ban",
)


def confirm_return(payout: Payout) -> str:
    return _(
        "%(money)s for %(person)s came back. The rewards are approved again and stand in the next run. "
        "%(person)s is told by mail."
    ) % {"money": money_words(Money(payout.amount, payout.unit)), "person": payout.contact}


def run_return(request: HttpRequest, payout: Payout, data: dict[str, Any]) -> str:
    payout_return(payout=payout, actor=staff_of(request), reason=data["reason"], now=clock.now())
    return _("Noted: the money is owed again and stands in the next run.")


def confirm_take_out(payout: Payout) -> str:
    return _("%(person)s is not paid by this run. Their %(money)s stays approved and stands in the next one.") % {
        "money": money_words(Money(payout.amount, payout.unit)),
        "person": payout.contact,
    }


def run_take_out(request: HttpRequest, payout: Payout, data: dict[str, Any]) -> str:
    payout_take_out(payout=payout, actor=staff_of(request), reason=data["reason"], now=clock.now())
    return _("Taken out of the run: the total is lower by this payment.")


TAKE_OUT_PAYOUT: Verb[Payout] = Verb(
    name="take-out",
    label=gettext_lazy("Take out of the run"),
    permission=PREPARE,
    run=run_take_out,
    allowed=lambda payout: payout.status == Payout.Status.READY and payout.run.status == PayoutRun.Status.DRAFT,
    form=ReasonForm,
    confirm=confirm_take_out,
    tone="danger",
    icon="ban",
)
RETURN_PAYOUT: Verb[Payout] = Verb(
    name="returned",
    label=gettext_lazy("The payment came back"),
    permission=PREPARE,
    run=run_return,
    allowed=lambda payout: payout.status in {Payout.Status.SUBMITTED, Payout.Status.SETTLED},
    form=ReturnForm,
    confirm=confirm_return,
    tone="danger",
    icon="undo-2",
)
