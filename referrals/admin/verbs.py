"""What staff do with a referral. Each verb calls one service and says in a sentence what came of it."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from advocates.admin.base import Verb, staff_of
from advocates.forms import ReasonForm
from advocates.selectors import display_name
from config.lib import clock
from config.lib.money import Money, money_words
from referrals.admin.forms import NoteForm, OwnerForm, ReassignForm, WonForm
from referrals.models import Referral
from referrals.services.referrals import (
    REASSIGN_STAKES,
    enrolment_meant,
    referral_assign,
    referral_move,
    referral_reassign,
    referral_review,
    referral_take_back,
)

Status, Review = Referral.Status, Referral.Review
CHANGE = "referrals.change_referral"


def contacted(request: HttpRequest, referral: Referral, cleaned: dict[str, Any]) -> StrOrPromise:
    _move(request, referral, to=Status.CONTACTED, reason=cleaned["reason"])
    return _("You are in touch with %(friend)s.") % {"friend": referral}


def qualified(request: HttpRequest, referral: Referral, cleaned: dict[str, Any]) -> StrOrPromise:
    _move(request, referral, to=Status.QUALIFIED, reason=cleaned["reason"])
    return _("%(friend)s is a good fit.") % {"friend": referral}


def won(request: HttpRequest, referral: Referral, cleaned: dict[str, Any]) -> StrOrPromise:
    _move(request, referral, to=Status.CONVERTED, deal=cleaned["deal"])
    return _("%(friend)s is won. Both sides are thanked by mail.") % {"friend": referral}


def lost(request: HttpRequest, referral: Referral, cleaned: dict[str, Any]) -> StrOrPromise:
    _move(request, referral, to=Status.LOST, reason=cleaned["reason"])
    return _("Noted, with the reason.")


def take_back(request: HttpRequest, referral: Referral, cleaned: dict[str, Any]) -> StrOrPromise:
    referral_take_back(referral=referral, actor=staff_of(request), reason=cleaned["reason"], now=clock.now())
    return _("Taken back. It stands where it stood before.")


def assign(request: HttpRequest, referral: Referral, cleaned: dict[str, Any]) -> StrOrPromise:
    owner = cleaned["owner"]
    referral_assign(referral=referral, owner=owner, actor=staff_of(request), now=clock.now())
    return _("%(owner)s looks after it now.") % {"owner": owner}


def reassign(request: HttpRequest, referral: Referral, cleaned: dict[str, Any]) -> StrOrPromise:
    now = clock.now()
    with transaction.atomic():
        enrolment = enrolment_meant(referral.campaign, cleaned["advocate"], now=now)
        referral_reassign(
            referral=referral, enrolment=enrolment, actor=staff_of(request), reason=cleaned["reason"], now=now
        )
    return _("The credit is %(advocate)s's now.") % {"advocate": display_name(enrolment.contact)}


def passed(request: HttpRequest, referral: Referral, cleaned: dict[str, Any]) -> StrOrPromise:
    _review(request, referral, honest=Review.PASSED, reason=cleaned["reason"])
    return _("Noted: it is fine.")


def refused(request: HttpRequest, referral: Referral, cleaned: dict[str, Any]) -> StrOrPromise:
    _review(request, referral, honest=Review.REFUSED, reason=cleaned["reason"])
    return _("Noted: it does not count.")


def sentence_take_back(referral: Referral) -> StrOrPromise:
    if referral.status == Status.LOST:
        return _("The referral goes back to the step before it was lost.")
    if referral.deal_amount is None:
        return _("The referral goes back to the step before. Rewards for this sale are cancelled or taken back.")
    deal = money_words(Money(referral.deal_amount, referral.deal_unit))
    return _(
        "The referral goes back to the step before, and the deal of %(deal)s is struck out. Rewards for this sale are "
        "cancelled or taken back."
    ) % {"deal": deal}


def sentence_reassign(referral: Referral) -> StrOrPromise:
    stakes = [stake(referral) for stake in REASSIGN_STAKES]
    what = _("%(advocate)s loses the credit, and what the friend did is reckoned anew for the advocate you name.") % {
        "advocate": display_name(referral.advocate)
    }
    return " ".join([what, *(words for words in stakes if words)])


def may_reassign(referral: Referral) -> bool:
    return referral.status != Status.REJECTED


def _move(request: HttpRequest, referral: Referral, *, to: str, reason: str = "", deal: Money | None = None) -> None:
    referral_move(referral=referral, to=to, actor=staff_of(request), reason=reason, deal=deal, now=clock.now())


def _review(request: HttpRequest, referral: Referral, *, honest: str, reason: str) -> None:
    referral_review(referral=referral, honest=honest, actor=staff_of(request), reason=reason, now=clock.now())


VERBS = (
    Verb[Referral](
        name="contacted",
        label=_lazy("I got in touch"),
        permission=CHANGE,
        run=contacted,
        allowed=lambda referral: referral.status == Status.SUBMITTED,
        form=NoteForm,
        tone="primary",
        icon="phone-call",
    ),
    Verb[Referral](
        name="qualified",
        label=_lazy("A good fit"),
        permission=CHANGE,
        run=qualified,
        allowed=lambda referral: referral.status in (Status.SUBMITTED, Status.CONTACTED),
        form=NoteForm,
        icon="list-checks",
    ),
    Verb[Referral](
        name="won",
        label=_lazy("Won"),
        permission=CHANGE,
        run=won,
        allowed=lambda referral: referral.is_open,
        form=WonForm,
        confirm=lambda referral: _("Both sides are thanked by mail, and the rewards of the campaign follow."),
        tone="primary",
        icon="handshake",
    ),
    Verb[Referral](
        name="lost",
        label=_lazy("Lost"),
        permission=CHANGE,
        run=lost,
        allowed=lambda referral: referral.is_open,
        form=ReasonForm,
        icon="circle-x",
    ),
    Verb[Referral](
        name="take-back",
        label=_lazy("Take back"),
        permission=CHANGE,
        run=take_back,
        allowed=lambda referral: referral.status in (Status.CONVERTED, Status.LOST),
        form=ReasonForm,
        confirm=sentence_take_back,
        tone="danger",
        icon="rotate-ccw",
    ),
    Verb[Referral](
        name="assign",
        label=_lazy("Hand over"),
        permission=CHANGE,
        run=assign,
        form=OwnerForm,
        confirm=lambda referral: _("Your colleague is told by mail."),
        icon="user-check",
    ),
    Verb[Referral](
        name="reassign",
        label=_lazy("Somebody else recommended"),
        permission=CHANGE,
        run=reassign,
        allowed=may_reassign,
        form=ReassignForm,
        confirm=sentence_reassign,
        icon="users",
    ),
    Verb[Referral](
        name="passed",
        label=_lazy("Looked at: fine"),
        permission=CHANGE,
        run=passed,
        allowed=lambda referral: referral.review == Review.HELD,
        form=NoteForm,
        confirm=lambda referral: _("Its rewards are no longer held back for this check."),
        icon="shield-check",
    ),
    Verb[Referral](
        name="refused",
        label=_lazy("Looked at: not honest"),
        permission=CHANGE,
        run=refused,
        allowed=lambda referral: Referral.REVIEWS.allows(referral.review, Review.REFUSED),
        form=ReasonForm,
        confirm=lambda referral: _("It is rejected for good, and nothing is paid for it."),
        tone="danger",
        icon="shield-alert",
    ),
)
