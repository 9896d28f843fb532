"""Money when two contacts turn out to be one person: nothing is lost, nothing is paid twice, the books stay sound."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from advocates.errors import NoMerge, NoUndo
from advocates.facts import ContactFacts
from advocates.models import Contact, ContactMerge, User
from advocates.services.contacts import contact_upsert
from advocates.services.late_rows import merges_settle
from advocates.services.merging import contacts_merge, merge_undo
from campaigns.models import Campaign
from campaigns.services.enrolments import enrolment_create
from config.lib.money import Money
from referrals.models import FraudSignal, Referral
from rewards.ledger.check import ledger_problems
from rewards.models import LimitUse, Payout, PayoutMethod, PayoutRun, Reward
from rewards.services.evaluation import rewards_evaluate
from rewards.services.payouts import (
    payout_return,
    payout_run_approve,
    payout_run_export,
    payout_run_prepare,
    payout_run_settle,
)
from rewards.services.rules import LimitDraft
from tests.advocates.test_merging import everything
from tests.cast import BEN, LENA, MEI, NOOR, SOFIA, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import IBAN_NO, account_given, approved_cash, balances, owes_back
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

pytestmark = pytest.mark.usefixtures("company", "sound_books")


@pytest.fixture
def sound_books(db: None) -> Iterator[None]:
    """Whatever a test does, the books add up afterwards."""
    yield
    assert ledger_problems() == []


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def lena(company: object) -> Contact:
    return contact_of(LENA)


@pytest.fixture
def twin(company: object, now: datetime) -> Contact:
    facts = ContactFacts(email="lena@fernway-vogt.example", name="L. Vogt")
    return contact_upsert(facts=facts, source="crm", now=now).contact


def merged(kept: Contact, gone: Contact, now: datetime) -> ContactMerge:
    return contacts_merge(kept=kept, gone=gone, actor=None, reason="", now=now)


def undone(merge: ContactMerge, now: datetime) -> ContactMerge:
    return merge_undo(merge=merge, actor=None, now=now)


def sent(preparer: User, approver: User, *, now: datetime) -> PayoutRun:
    run = payout_run_prepare(unit="EUR", actor=preparer, now=now)
    payout_run_approve(run=run, actor=approver, now=now)
    payout_run_export(run=run, actor=approver, now=now)
    return run


def paid(preparer: User, approver: User, *, now: datetime) -> PayoutRun:
    run = sent(preparer, approver, now=now)
    payout_run_settle(run=run, actor=preparer, now=now)
    return run


# --- accounts and payouts ---


def test_what_both_are_owed_is_paid_in_one_payment(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    account_given(lena, now=now)
    approved_cash(lena, 2_500, now=now)
    approved_cash(twin, 1_275, now=now)
    merged(lena, twin, now)
    assert (balances(lena), balances(twin)) == ({"owed": 3_775}, {})
    run = paid(tom, ada, now=now)
    assert run.payouts.get().amount == 3_775
    assert balances(lena) == {"paid": 3_775}


def test_the_bank_account_goes_along_where_the_other_has_none(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    account_given(twin, now=now)
    approved_cash(lena, 2_500, now=now)
    merge = merged(lena, twin, now)
    assert paid(tom, ada, now=now).payouts.get().contact == lena
    undone(merge, now)
    method = PayoutMethod.objects.standing().get()
    assert (method.contact, method.live_key) == (twin, f"bank:{twin.public_id}")


def test_of_two_bank_accounts_that_of_the_one_who_stays_is_used(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    own = account_given(lena, now=now)
    account_given(twin, IBAN_NO, now=now)
    approved_cash(twin, 2_500, now=now)
    merged(lena, twin, now)
    assert sent(tom, ada, now=now).payouts.get().method == own


@pytest.mark.parametrize("is_exported", [False, True])
def test_while_money_is_on_its_way_nobody_is_merged_or_told_apart(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime, is_exported: bool
) -> None:
    account_given(twin, now=now)
    approved_cash(twin, 2_500, now=now)
    run = sent(tom, ada, now=now) if is_exported else payout_run_prepare(unit="EUR", actor=tom, now=now)
    with pytest.raises(NoMerge, match=run.public_id):
        merged(lena, twin, now)
    assert balances(twin) == ({"in_transit": 2_500} if is_exported else {"owed": 2_500})


def test_while_a_payout_is_under_way_a_merge_is_not_undone(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    account_given(lena, now=now)
    approved_cash(twin, 2_500, now=now)
    merge = merged(lena, twin, now)
    run = sent(tom, ada, now=now)
    with pytest.raises(NoUndo, match=run.public_id):
        undone(merge, now)


def test_a_merge_and_its_undo_leave_the_books_as_they_were(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    account_given(twin, now=now)
    approved_cash(twin, 900, now=now)
    paid(tom, ada, now=now)
    approved_cash(twin, 1_275, now=now)
    approved_cash(lena, 2_500, now=now)
    owes_back(twin, 300, now=now)
    rows, mine, theirs = everything(), balances(lena), balances(twin)
    merge = merged(lena, twin, now)
    assert balances(lena) == {"owed": 3_775, "paid": 900, "receivable": -300}
    merge = undone(merge, now)
    assert (balances(lena), balances(twin)) == (mine, theirs)
    assert everything() == rows
    assert "left" not in merge.before


def test_what_was_paid_since_stays_with_the_one_who_was_paid(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    account_given(lena, now=now)
    reward = approved_cash(twin, 1_275, now=now)
    merge = merged(lena, twin, now)
    paid(tom, ada, now=now)
    undone(merge, now)
    reward.refresh_from_db()
    assert reward.contact == lena
    assert (balances(lena), balances(twin)) == ({"paid": 1_275}, {})


def test_two_payments_of_one_run_stay_two_and_one_may_still_come_back(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    for contact, iban in ((lena, "DE89370400440532013000"), (twin, IBAN_NO)):
        account_given(contact, iban, now=now)
        approved_cash(contact, 1_000, now=now)
    paid(tom, ada, now=now)
    merged(lena, twin, now)
    stayed = Payout.objects.get(contact=twin)
    payout_return(payout=stayed, actor=tom, reason="account closed", now=now)
    assert balances(lena) == {"paid": 1_000, "owed": 1_000}
    assert paid(tom, ada, now=now).payouts.get().contact == lena


def test_a_payment_that_went_back_to_the_other_may_still_be_returned(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    account_given(twin, now=now)
    approved_cash(twin, 1_000, now=now)
    paid(tom, ada, now=now)
    undone(merged(lena, twin, now), now)
    payout_return(payout=Payout.objects.get(), actor=tom, reason="account closed", now=now)
    assert balances(twin) == {"owed": 1_000}


def test_credit_that_was_taken_back_since_cannot_go_back(lena: Contact, twin: Contact, now: datetime) -> None:
    from rewards.ledger.chart import AccountRef
    from rewards.ledger.post import post
    from rewards.models import Account

    def credit(contact: Contact, amount: int, key: str, *, is_spent: bool = False) -> None:
        own = AccountRef(Account.Kind.CREDIT, contact.public_id, "EUR")
        house = AccountRef(Account.Kind.FUNDING, "cam_house", "EUR")
        debit, taker = (own, house) if is_spent else (house, own)
        post(key=key, debit=debit, credit=taker, amount=amount, reference="x", memo="test", now=now)

    credit(twin, 500, "given")
    merge = merged(lena, twin, now)
    credit(lena, 200, "spent", is_spent=True)
    merge = undone(merge, now)
    assert (balances(lena), balances(twin)) == ({}, {"credit": 300})
    assert merge.before["left"] == [{"kind": "credit", "unit": "EUR", "amount": 200}]


def test_a_second_merge_of_the_same_two_books_again(lena: Contact, twin: Contact, now: datetime) -> None:
    approved_cash(twin, 700, now=now)
    undone(merged(lena, twin, now), now)
    merged(lena, twin, now)
    assert (balances(lena), balances(twin)) == ({"owed": 700}, {})


# --- rewards, limits, referrals ---


def test_both_codes_count_for_the_one_who_stays(campaign: Campaign, twin: Contact, now: datetime) -> None:
    rule_of(campaign, now=now)
    own = enrolled(campaign, now=now)
    other, _is_new = enrolment_create(campaign=campaign, contact=twin, now=now)
    merged(own.contact, twin, now)
    other.refresh_from_db()
    assert other.contact == twin  # one enrolment a campaign: the second stays with the stub
    for enrolment, person in ((own, BEN), (other, NOOR)):
        referral = referred(enrolment, now=now, person=person)
        assert referral.advocate == own.contact
        won(referral, now=now)
    assert set(Reward.objects.values_list("party_key", flat=True)) == {own.contact.public_id}
    assert balances(own.contact, "USD") == {"credit": 4_000}


def test_the_friend_of_two_campaigns_keeps_both_and_their_rewards(
    campaign: Campaign, now: datetime, company: object
) -> None:
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now, person=BEN)
    won(referral, now=now)
    ben = referral.friend
    sofia = contact_of(SOFIA)
    merge = merged(sofia, ben, now)
    referral.refresh_from_db()
    reward = Reward.objects.get()
    assert (referral.friend, reward.slot) == (sofia, f"friend:{sofia.public_id}")
    undone(merge, now)
    reward.refresh_from_db()
    assert reward.slot == f"friend:{ben.public_id}"


def test_for_one_friend_nothing_is_paid_a_second_time(campaign: Campaign, now: datetime) -> None:
    """Ben was recommended twice in one campaign, under two addresses. One is won; then he is found to be one."""
    rule_of(campaign, now=now)
    enrolment = enrolled(campaign, now=now)
    first = referred(enrolment, now=now, person=BEN)
    second = referred(enrolment, now=now, person=NOOR)
    won(second, now=now)
    merged(first.friend, second.friend, now)
    second.refresh_from_db()
    assert second.friend != first.friend  # both are friends of this campaign: the second stays with the stub
    won(first, now=now)
    rewards_evaluate(now)
    reward = Reward.objects.get()
    assert (reward.slot, reward.amount) == (f"friend:{first.friend.public_id}", 2_000)


def test_two_rewards_for_what_is_one_friend_now_both_stand_as_they_were_promised(
    campaign: Campaign, now: datetime
) -> None:
    rule_of(campaign, now=now)
    enrolment = enrolled(campaign, now=now)
    first, second = (referred(enrolment, now=now, person=person) for person in (BEN, NOOR))
    for referral in (first, second):
        won(referral, now=now)
    before = sorted(Reward.objects.values_list("slot", flat=True))
    merge = merged(first.friend, second.friend, now)
    kept, gone = first.friend.public_id, second.friend.public_id
    assert set(Reward.objects.values_list("slot", flat=True)) == {f"friend:{kept}", f"friend:{kept}|{gone}"}
    assert balances(enrolment.contact, "USD") == {"credit": 4_000}
    undone(merge, now)
    assert sorted(Reward.objects.values_list("slot", flat=True)) == before


def test_what_was_called_off_makes_room_for_what_stands(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, hold_days=5)
    enrolment = enrolled(campaign, now=now)
    first, second = (referred(enrolment, now=now, person=person) for person in (BEN, NOOR))
    for referral in (first, second):
        won(referral, now=now)
    Reward.objects.filter(slot=f"friend:{first.friend.public_id}").update(status="cancelled", pending_reasons=[])
    merge = merged(first.friend, second.friend, now)
    assert Reward.objects.get(slot=f"friend:{first.friend.public_id}").status == "pending"
    undone(merge, now)
    assert Reward.objects.get(slot=f"friend:{first.friend.public_id}").status == "cancelled"
    assert Reward.objects.get(slot=f"friend:{second.friend.public_id}").status == "pending"


def test_limits_of_both_are_used_up_together(campaign: Campaign, twin: Contact, now: datetime) -> None:
    limit = LimitDraft(measure="rewards", per="advocate", window="lifetime", over="skip", value=2)
    rule_of(campaign, now=now, limits=[limit])
    own = enrolled(campaign, now=now)
    other, _is_new = enrolment_create(campaign=campaign, contact=twin, now=now)
    won(referred(own, now=now, person=BEN), now=now)
    won(referred(other, now=now, person=NOOR), now=now)
    used = dict(LimitUse.objects.values_list("key", "used"))
    merge = merged(own.contact, twin, now)
    won(referred(own, now=now, person=SOFIA), now=now)
    assert Reward.objects.count() == 2
    undone(merge, now)
    assert {key: number for key, number in LimitUse.objects.values_list("key", "used") if number} == used


def test_nobody_becomes_their_own_advocate(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, hold_days=5)
    referral = referred(enrolled(campaign, now=now), now=now, person=BEN)
    merge = merged(referral.advocate, referral.friend, now)
    held = Referral.objects.get()
    assert (held.advocate, held.friend, held.review) == (referral.advocate, referral.friend, "held")
    assert FraudSignal.objects.get().rule == "one_person"
    won(referral, now=now)
    assert "under_review" in Reward.objects.get().pending_reasons
    undone(merge, now)
    assert Referral.objects.get().review == "clear"


def test_a_draft_that_was_prepared_for_the_other_is_not_sent(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    """Prepared at the very moment of the merge: the reward belongs to somebody else by the time it is approved."""
    from rewards.errors import RunOutdated

    account_given(twin, now=now)
    reward = approved_cash(twin, 700, now=now)
    run = payout_run_prepare(unit="EUR", actor=tom, now=now)
    Reward.objects.filter(pk=reward.pk).update(contact=lena, party_key=lena.public_id)
    with pytest.raises(RunOutdated):
        payout_run_approve(run=run, actor=ada, now=now)


def sold(referral: Referral, number: str, *, now: datetime) -> None:
    from advocates.models import ContactKey
    from referrals.services.events import EventFacts, event_record

    address = ContactKey.objects.filter(contact=referral.friend, kind="email").values_list("shown", flat=True)[0]
    friend = ContactFacts(email=address)
    facts = EventFacts(event_id=number, type="purchase", occurred_at=now, friend=friend, amount=Money(5_000, "USD"))
    event_record(facts=facts, source="shop", now=now)
    rewards_evaluate(now)


def two_friends_buy(campaign: Campaign, limit: LimitDraft, now: datetime) -> tuple[Referral, Referral]:
    """20 USD for each sale; Ben and Noor bought once each."""
    rule_of(campaign, now=now, trigger="purchase", limits=[limit])
    enrolment = enrolled(campaign, now=now)
    first, second = (referred(enrolment, now=now, person=person) for person in (BEN, NOOR))
    for number, referral in enumerate((first, second)):
        sold(referral, f"first-{number}", now=now)
    return first, second


def test_a_limit_for_each_friend_pays_one_person_not_anew(campaign: Campaign, now: datetime) -> None:
    limit = LimitDraft(measure="rewards", per="friend", window="lifetime", over="skip", value=2)
    first, second = two_friends_buy(campaign, limit, now)
    advocate = first.advocate
    assert balances(advocate, "USD") == {"credit": 4_000}
    used = counters()
    merge = merged(first.friend, second.friend, now)
    sold(first, "again", now=now)
    assert balances(advocate, "USD") == {"credit": 4_000}
    undone(merge, now)
    assert counters() == used
    sold(first, "once more", now=now)
    assert balances(advocate, "USD") == {"credit": 6_000}


def test_a_limit_of_amount_for_each_friend_pays_the_rest_to_the_cent(campaign: Campaign, now: datetime) -> None:
    limit = LimitDraft(measure="amount", per="friend", window="lifetime", over="partial", value=4_550)
    first, second = two_friends_buy(campaign, limit, now)
    merged(first.friend, second.friend, now)
    sold(first, "again", now=now)
    sold(first, "and again", now=now)
    assert balances(first.advocate, "USD") == {"credit": 4_550}


def test_who_was_two_friends_counts_as_one_friend(campaign: Campaign, now: datetime) -> None:
    limit = LimitDraft(measure="friends", per="advocate", window="lifetime", over="skip", value=2)
    first, second = two_friends_buy(campaign, limit, now)
    merge = merged(first.friend, second.friend, now)
    sold(first, "again", now=now)  # who counts already counts no second time
    assert balances(first.advocate, "USD") == {"credit": 6_000}
    third = referred(first.enrolment, now=now, person=SOFIA)
    sold(third, "the second friend", now=now)
    assert balances(first.advocate, "USD") == {"credit": 8_000}
    fourth = referred(first.enrolment, now=now, person=MEI)
    sold(fourth, "the third friend", now=now)
    assert balances(first.advocate, "USD") == {"credit": 8_000}
    undone(merge, now)
    assert balances(first.advocate, "USD") == {"credit": 8_000}


def counters() -> dict[str, int]:
    return {key: number for key, number in LimitUse.objects.values_list("key", "used") if number}


def test_a_reward_that_was_earned_at_the_moment_of_the_merge_goes_over_with_its_money(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    account_given(lena, now=now)
    approved_cash(twin, 700, now=now)
    merge = merged(lena, twin, now)
    approved_cash(twin, 1_275, now=now)
    assert balances(twin) == {"owed": 1_275}
    merges_settle(now)
    assert (balances(lena), balances(twin)) == ({"owed": 1_975}, {})
    approved_cash(twin, 25, now=now)
    merges_settle(now)
    assert (balances(lena), balances(twin)) == ({"owed": 2_000}, {})
    undone(merge, now)
    assert (balances(lena), balances(twin)) == ({}, {"owed": 2_000})


def test_late_money_waits_while_a_payout_is_under_way(
    lena: Contact, twin: Contact, tom: User, ada: User, now: datetime
) -> None:
    account_given(lena, now=now)
    approved_cash(lena, 1_000, now=now)
    merged(lena, twin, now)
    run = sent(tom, ada, now=now)
    approved_cash(twin, 300, now=now)
    merges_settle(now)
    payout_run_settle(run=run, actor=tom, now=now)
    merges_settle(now)
    assert balances(lena) == {"paid": 1_000, "owed": 300}
    assert balances(twin) == {}
    assert paid(tom, ada, now=now).payouts.get().amount == 300


def test_a_bank_account_that_stayed_with_the_stub_is_never_paid_later(
    lena: Contact, twin: Contact, now: datetime
) -> None:
    own = account_given(lena, now=now)
    account_given(twin, IBAN_NO, now=now)
    merged(lena, twin, now)
    PayoutMethod.objects.filter(pk=own.pk).update(live_key=own.public_id, replaced_at=now)
    approved_cash(twin, 300, now=now)
    merges_settle(now)
    assert not PayoutMethod.objects.standing().filter(contact=lena).exists()


def test_what_somebody_cleared_is_not_held_again(campaign: Campaign, now: datetime) -> None:
    referral = referred(enrolled(campaign, now=now), now=now, person=BEN)
    merged(referral.advocate, referral.friend, now)
    Referral.objects.update(review="clear")
    ContactMerge.objects.update(before={**ContactMerge.objects.get().before, "stayed": {}})
    merges_settle(now)
    assert Referral.objects.get().review == "clear"
