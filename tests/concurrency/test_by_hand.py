"""By hand and at once: what two agree to happens once, no more is written off than is owed. With unguarded twins."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Barrier

import pytest

from advocates.models import AuditEntry, Contact, User
from advocates.services.audit import audit
from campaigns.models import Campaign, Company
from config.lib.states import Stale
from rewards.errors import TooMuch
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import account_get
from rewards.models import ByHand
from rewards.services import write_offs
from rewards.services.by_hand import by_hand_agree, by_hand_ask
from rewards.services.by_hand_wishes import Wish
from rewards.services.write_offs import debt_of
from tests.cast import LENA, contact_of
from tests.concurrency.race import meet, run_together
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import balances, owes_back

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.0
Twice = Callable[[], list[object]]


@pytest.fixture
def campaign(company: object) -> Campaign:
    Company.objects.update(four_eyes="always")
    return campaign_made()


@pytest.fixture
def lena(campaign: Campaign) -> Contact:
    return contact_of(LENA)


@pytest.fixture
def asked(campaign: Campaign, lena: Contact, tom: User, now: datetime) -> ByHand:
    return by_hand_ask(wish=Wish("credit_more", campaign, lena, 2_000, "USD", "A mistake of ours"), actor=tom, now=now)


# --- two who agree ----------------------------------------------------------------------------------------------------


def agree(change: ByHand, actor: User, now: datetime) -> str:
    by_hand_agree(change=ByHand.objects.get(pk=change.pk), actor=actor, now=now)
    return actor.name


def agree_unguarded(change: ByHand, actor: User, now: datetime, looked: Barrier) -> str:
    """Look, then save: the way that a conditional UPDATE stands against."""
    mine = ByHand.objects.get(pk=change.pk)
    meet(looked, seconds=MEETING_SECONDS)
    if mine.status != ByHand.Status.WAITING:
        raise Stale("")
    mine.status, mine.decided_by, mine.decided_at = ByHand.Status.DONE, actor, now
    mine.save()
    audit(verb="by_hand_done", row=mine, actor=actor)
    return actor.name


def test_of_many_who_agree_at_once_one_has_agreed(
    asked: ByHand, lena: Contact, ada: User, sam: User, mira: User, now: datetime
) -> None:
    answers = run_together(*[partial(agree, asked, actor, now) for actor in (ada, sam, mira)])
    [winner] = [answer for answer in answers if isinstance(answer, str)]
    assert sum(isinstance(answer, Stale) for answer in answers) == 2
    assert ByHand.objects.get().decided_by == User.objects.get(name=winner)
    assert balances(lena, "USD") == {"credit": 2_000}


def test_without_the_conditional_update_two_believe_they_agreed(
    asked: ByHand, ada: User, sam: User, now: datetime
) -> None:
    looked = Barrier(2)
    answers = run_together(*[partial(agree_unguarded, asked, actor, now, looked) for actor in (ada, sam)])
    assert sorted(answers) == sorted([ada.name, sam.name])
    assert AuditEntry.objects.filter(verb="by_hand_done").count() == 2


# --- one debt, written off twice --------------------------------------------------------------------------------------


@pytest.fixture
def write_off_twice(campaign: Campaign, lena: Contact, tom: User, ada: User, now: datetime) -> Twice:
    """Each of two is to write off 3,000 of a debt of 4,000."""
    owes_back(lena, 4_000, "USD", now=now)
    # The first who makes an account holds up the others; here it is there.
    account_get(AccountRef("funding", campaign.public_id, "USD"))
    wish = Wish("write_off", campaign, lena, 3_000, "USD", "They have moved away")
    changes = [by_hand_ask(wish=wish, actor=tom, now=now) for _time in range(2)]
    return lambda: run_together(*[partial(agree, change, ada, now) for change in changes])


@pytest.fixture
def read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has read what is owed waits for the rival to have read it too, if the rival can."""
    read = Barrier(2)

    def debt(contact: Contact, unit: str) -> int:
        found = debt_of(contact, unit)
        meet(read, seconds=MEETING_SECONDS)
        return found

    monkeypatch.setattr(write_offs, "debt_of", debt)


def test_no_more_is_written_off_than_is_owed(write_off_twice: Twice, lena: Contact, read_together: None) -> None:
    assert sum(isinstance(answer, TooMuch) for answer in write_off_twice()) == 1
    assert balances(lena, "USD") == {"receivable": -1_000}


def test_without_the_lock_the_company_would_owe_the_debtor(
    write_off_twice: Twice, lena: Contact, ada: User, read_together: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_offs, "account_lock", lambda pk: None)
    assert write_off_twice() == [ada.name, ada.name]
    assert balances(lena, "USD") == {"receivable": 2_000}
