"""Money out, step by step, with the books looked at after each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from advocates.models import AuditEntry, Contact, User
from campaigns.models import Company, OutboundMessage
from config.lib.states import NotAllowed, Stale
from rewards.admin.payout_words import left_out_words
from rewards.errors import FourEyes, NothingToPay, OwnPayout, RunOutdated
from rewards.ledger.check import ledger_problems
from rewards.models import MoneyPolicy, Payout, PayoutLine, PayoutRun, Reward
from rewards.payout_plan import LeftOutBecause, payout_plan
from rewards.services.payout_run_files import payout_run_file
from rewards.services.payouts import (
    payout_return,
    payout_run_approve,
    payout_run_cancel,
    payout_run_export,
    payout_run_prepare,
    payout_run_settle,
    payout_take_out,
    payouts_prepare,
)
from rewards.words.payouts import payout_waits
from tests.cast import INGRID, LENA, OMAR, contact_of
from tests.factories.payouts import IBAN_NO, account_given, approved_cash, balances, owes_back

pytestmark = pytest.mark.usefixtures("company", "sound_books")


@pytest.fixture
def sound_books(db: None) -> Iterator[None]:
    """Whatever a test does, the books add up afterwards."""
    yield
    assert ledger_problems() == []


@pytest.fixture
def lena(db: None, now: datetime) -> Contact:
    """Has said where she wants her money."""
    contact = contact_of(LENA)
    account_given(contact, now=now)
    return contact


@pytest.fixture
def ingrid(db: None, now: datetime) -> Contact:
    contact = contact_of(INGRID)
    account_given(contact, IBAN_NO, now=now)
    return contact


def statuses(*rows: Any) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.status for row in rows]


def approved_run(preparer: User, approver: User, *, now: datetime, unit: str = "EUR") -> PayoutRun:
    run = payout_run_prepare(unit=unit, actor=preparer, now=now)
    payout_run_approve(run=run, actor=approver, now=now)
    return run


def exported_run(preparer: User, approver: User, *, now: datetime, unit: str = "EUR") -> PayoutRun:
    run = approved_run(preparer, approver, now=now, unit=unit)
    payout_run_export(run=run, actor=approver, now=now)
    return run


class TestTheWholeWay:
    def test_two_rewards_become_one_payment_that_is_settled_to_the_cent(
        self, lena: Contact, tom: User, ada: User, now: datetime
    ) -> None:
        first, second = approved_cash(lena, 2_500, now=now), approved_cash(lena, 1_275, now=now)
        assert balances(lena) == {"owed": 3_775}

        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        payout = run.payouts.get()
        assert (run.status, run.total, payout.amount, payout.lines.count()) == ("draft", 3_775, 3_775, 2)
        assert balances(lena) == {"owed": 3_775}

        payout_run_approve(run=run, actor=ada, now=now)
        assert (run.status, run.approved_by) == ("approved", ada)
        assert balances(lena) == {"owed": 3_775}

        file = payout_run_export(run=run, actor=ada, now=now)
        assert b"37.75,EUR" in file
        assert statuses(payout, first, second) == ["submitted", "processing", "processing"]
        assert balances(lena) == {"in_transit": 3_775}

        payout_run_settle(run=run, actor=tom, now=now)
        assert statuses(run, payout, first, second) == ["closed", "settled", "fulfilled", "fulfilled"]
        assert first.fulfilled_at == now
        assert balances(lena) == {"paid": 3_775}

    def test_each_step_says_who_took_it(self, lena: Contact, tom: User, ada: User, now: datetime) -> None:
        reward = approved_cash(lena, 2_500, now=now)
        run = exported_run(tom, ada, now=now)
        payout_run_settle(run=run, actor=tom, now=now)

        trail = AuditEntry.objects.filter(object_id=run.public_id).order_by("pk").values_list("verb", "actor__name")
        assert list(trail) == [
            ("payout_run_prepare", tom.name),
            ("payout_run_approve", ada.name),
            ("payout_run_export", ada.name),
            ("payout_run_settle", tom.name),
        ]
        story = reward.events.order_by("pk").values_list("status_from", "status_to", "actor__name")
        assert list(story) == [("approved", "processing", ada.name), ("processing", "fulfilled", tom.name)]

    def test_whoever_is_paid_is_told_the_amount_in_their_own_words(
        self, lena: Contact, tom: User, ada: User, now: datetime
    ) -> None:
        approved_cash(lena, 2_500, now=now)
        run = exported_run(tom, ada, now=now)
        assert not OutboundMessage.objects.filter(mail="payout_paid").exists()

        payout_run_settle(run=run, actor=tom, now=now)

        mail = OutboundMessage.objects.get(mail="payout_paid", contact=lena)
        assert "25,00" in mail.text  # Lena reads German
        assert "3000" in mail.text
        assert "DE89370400440532013000" not in mail.text

    def test_the_file_of_a_run_is_the_same_whenever_it_is_taken_out(
        self, lena: Contact, ingrid: Contact, tom: User, ada: User, now: datetime
    ) -> None:
        approved_cash(lena, 2_500, now=now)
        approved_cash(ingrid, 900, now=now)
        run = approved_run(tom, ada, now=now)
        file = payout_run_export(run=run, actor=ada, now=now)
        account_given(lena, IBAN_NO, now=now)

        assert payout_run_file(run=run, actor=ada) == file
        assert AuditEntry.objects.filter(verb="payout_run_file", actor=ada).count() == 1

    def test_currencies_never_stand_in_one_run(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, "EUR", now=now)
        approved_cash(lena, 3_000, "JPY", now=now)
        run = payout_run_prepare(unit="JPY", actor=tom, now=now)
        assert (run.total, run.payouts.get().unit) == (3_000, "JPY")


class TestWhoIsLeftOut:
    def test_who_has_not_said_where_to_pay_waits_and_is_shown(self, lena: Contact, tom: User, now: datetime) -> None:
        omar = contact_of(OMAR)
        approved_cash(lena, 2_500, now=now)
        approved_cash(omar, 2_500, now=now)

        plan = payout_plan(unit="EUR", now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)

        assert [(share.contact, share.left_out) for share in plan.left_out] == [(omar, LeftOutBecause.NO_METHOD)]
        assert [payout.contact for payout in run.payouts.all()] == [lena]
        assert payout_plan(unit="EUR", now=now).paid == []

    def test_below_the_least_payout_it_waits_until_enough_has_come_together(
        self, lena: Contact, tom: User, now: datetime
    ) -> None:
        MoneyPolicy.objects.create(minimums={"EUR": 2_500, "USD": 1})
        approved_cash(lena, 1_500, now=now)
        [share] = payout_plan(unit="EUR", now=now).left_out
        assert share.left_out == LeftOutBecause.BELOW_MINIMUM
        assert left_out_words(share, "EUR") == "below the least payout of €25.00"
        assert payouts_prepare(now) == {"prepared": 0}
        assert payout_waits(lena, now=now) == ["€15.00 is ready. We pay as soon as €25.00 has come together."]

        approved_cash(lena, 1_000, now=now)
        assert payout_waits(lena, now=now) == []
        assert payout_run_prepare(unit="EUR", actor=tom, now=now).total == 2_500

    def test_what_is_kept_back_counts_against_the_least_payout(self, lena: Contact, now: datetime) -> None:
        MoneyPolicy.objects.create(minimums={"EUR": 2_500})
        owes_back(lena, 1, now=now)
        approved_cash(lena, 2_500, now=now)
        assert [share.left_out for share in payout_plan(unit="EUR", now=now).left_out] == [LeftOutBecause.BELOW_MINIMUM]

    def test_a_changed_account_rests_before_it_is_paid_to(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        account_given(lena, IBAN_NO, now=now)
        rested = now + timedelta(days=3)
        [share] = payout_plan(unit="EUR", now=rested - timedelta(seconds=1)).left_out
        assert (share.left_out, share.rests_until) == (LeftOutBecause.RESTING, rested)
        assert "so we pay from 19 Nov 2026" in payout_waits(lena, now=now)[0]
        with pytest.raises(NothingToPay):
            payout_run_prepare(unit="EUR", actor=tom, now=now)
        assert payout_run_prepare(unit="EUR", actor=tom, now=rested).payouts.get().method.masked == "NO •••• 7947"

    def test_one_payment_a_person_is_under_way_at_a_time(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, "EUR", now=now)
        approved_cash(lena, 2_500, "USD", now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        payout_run_prepare(unit="USD", actor=tom, now=now)
        approved_cash(lena, 700, "EUR", now=now)
        with pytest.raises(NothingToPay):
            payout_run_prepare(unit="EUR", actor=tom, now=now)

        other = PayoutRun.objects.create(unit="EUR", prepared_at=now, four_eyes="never", four_eyes_unit="EUR")
        method = run.payouts.get().method
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.create(run=other, contact=lena, method=method, unit="EUR", amount=700)

    def test_nothing_to_pay_is_a_refusal_and_leaves_no_run(self, tom: User, now: datetime) -> None:
        approved_cash(contact_of(OMAR), 2_500, now=now)
        with pytest.raises(NothingToPay):
            payout_run_prepare(unit="EUR", actor=tom, now=now)
        assert not PayoutRun.objects.exists()

    @pytest.mark.parametrize("status", sorted(set(Reward.Status) - {Reward.Status.APPROVED}))
    def test_only_approved_rewards_are_paid(self, lena: Contact, now: datetime, status: str) -> None:
        reward = approved_cash(lena, 2_500, now=now)
        Reward.objects.filter(pk=reward.pk).update(status=status)
        assert payout_plan(unit="EUR", now=now).paid == []

    def test_a_reward_whose_sale_is_to_be_looked_at_again_waits(self, lena: Contact, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now, recheck_at=now)
        assert payout_plan(unit="EUR", now=now).paid == []

    def test_test_rewards_are_never_paid(self, lena: Contact, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now, is_test=True)
        assert payout_plan(unit="EUR", now=now).paid == []


class TestWhatIsToBeGivenBack:
    def test_is_kept_back_from_the_next_payment(self, lena: Contact, tom: User, ada: User, now: datetime) -> None:
        owes_back(lena, 1_000, now=now)
        approved_cash(lena, 2_500, now=now)

        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        payout = run.payouts.get()
        assert (payout.amount, payout.netted, run.total) == (1_500, 1_000, 1_500)
        assert balances(lena) == {"receivable": -1_000, "owed": 2_500}

        payout_run_approve(run=run, actor=ada, now=now)
        payout_run_export(run=run, actor=ada, now=now)
        assert balances(lena) == {"in_transit": 1_500}

        payout_run_settle(run=run, actor=ada, now=now)
        assert balances(lena) == {"paid": 1_500}

    def test_waits_when_it_is_more_than_the_payment(self, lena: Contact, tom: User, now: datetime) -> None:
        owes_back(lena, 3_000, now=now)
        approved_cash(lena, 2_500, now=now)
        assert [share.left_out for share in payout_plan(unit="EUR", now=now).left_out] == [LeftOutBecause.NETTED]

        approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        assert run.payouts.get().amount == 2_000

    def test_is_kept_back_once_while_the_payment_is_under_way(
        self, lena: Contact, tom: User, ada: User, now: datetime
    ) -> None:
        owes_back(lena, 1_000, now=now)
        approved_cash(lena, 2_500, now=now)
        first = exported_run(tom, ada, now=now)
        approved_cash(lena, 700, now=now)
        assert [share.left_out for share in payout_plan(unit="EUR", now=now).left_out] == [LeftOutBecause.UNDER_WAY]

        payout_run_settle(run=first, actor=tom, now=now)
        second = exported_run(tom, ada, now=now)
        assert (first.total, second.total) == (1_500, 700)
        assert balances(lena) == {"paid": 1_500, "in_transit": 700}

    def test_stands_again_when_the_payment_comes_back(self, lena: Contact, tom: User, ada: User, now: datetime) -> None:
        owes_back(lena, 1_000, now=now)
        approved_cash(lena, 2_500, now=now)
        run = exported_run(tom, ada, now=now)
        payout_return(payout=run.payouts.get(), actor=tom, reason="Account closed", now=now)
        assert balances(lena) == {"receivable": -1_000, "owed": 2_500}

    def test_another_currency_is_left_alone(self, lena: Contact, tom: User, now: datetime) -> None:
        owes_back(lena, 1_000, "USD", now=now)
        approved_cash(lena, 2_500, now=now)
        assert payout_run_prepare(unit="EUR", actor=tom, now=now).total == 2_500


class TestAPaymentThatComesBack:
    @pytest.mark.parametrize("is_settled", [False, True], ids=["before the run is settled", "afterwards"])
    def test_is_owed_again_and_paid_by_a_later_run(
        self, lena: Contact, ingrid: Contact, tom: User, ada: User, now: datetime, is_settled: bool
    ) -> None:
        reward, other = approved_cash(lena, 2_500, now=now), approved_cash(ingrid, 900, now=now)
        run = exported_run(tom, ada, now=now)
        payout = run.payouts.get(contact=lena)
        if is_settled:
            payout_run_settle(run=run, actor=tom, now=now)

        payout.refresh_from_db()
        payout_return(payout=payout, actor=tom, reason="Account closed", now=now)

        assert statuses(payout, reward) == ["returned", "approved"]
        assert reward.fulfilled_at is None
        assert balances(lena) == {"owed": 2_500}
        assert OutboundMessage.objects.filter(mail="payout_returned", contact=lena).count() == 1
        if not is_settled:
            payout_run_settle(run=run, actor=tom, now=now)
        assert statuses(run, other) == ["closed", "fulfilled"]

        again = exported_run(tom, ada, now=now)
        payout_run_settle(run=again, actor=tom, now=now)
        assert [paid.contact for paid in again.payouts.all()] == [lena]
        assert statuses(reward) == ["fulfilled"]
        assert balances(lena) == {"paid": 2_500}
        assert balances(ingrid) == {"paid": 900}

    def test_goes_to_the_new_account_when_the_person_gives_one(
        self, lena: Contact, tom: User, ada: User, now: datetime
    ) -> None:
        approved_cash(lena, 2_500, now=now)
        run = exported_run(tom, ada, now=now)
        payout_return(payout=run.payouts.get(), actor=tom, reason="Account closed", now=now)
        account_given(lena, IBAN_NO, now=now)
        again = approved_run(tom, ada, now=now + timedelta(days=3))
        assert IBAN_NO.encode() in payout_run_export(run=again, actor=ada, now=now)

    def test_comes_back_only_once(self, lena: Contact, tom: User, ada: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        payout = exported_run(tom, ada, now=now).payouts.get()
        rival = Payout.objects.get(pk=payout.pk)
        payout_return(payout=payout, actor=tom, reason="Account closed", now=now)
        with pytest.raises(Stale):
            payout_return(payout=rival, actor=tom, reason="Account closed", now=now)
        assert balances(lena) == {"owed": 2_500}

    def test_cannot_come_back_before_it_has_left(self, lena: Contact, tom: User, ada: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        run = approved_run(tom, ada, now=now)
        with pytest.raises(NotAllowed):
            payout_return(payout=run.payouts.get(), actor=tom, reason="Account closed", now=now)

    @pytest.mark.parametrize(
        ("taken_back", "status", "owed"),
        [(2_500, Reward.Status.REVERSED, {}), (1_000, Reward.Status.FULFILLED, {"owed": 1_500})],
        ids=["wholly", "in part"],
    )
    def test_pays_off_what_was_taken_back_after_it(
        self,
        lena: Contact,
        tom: User,
        ada: User,
        now: datetime,
        taken_back: int,
        status: str,
        owed: dict[str, int],
    ) -> None:
        reward = approved_cash(lena, 2_500, now=now)
        run = exported_run(tom, ada, now=now)
        payout_run_settle(run=run, actor=tom, now=now)
        Reward.objects.filter(pk=reward.pk).update(status=status, taken_back=taken_back)
        owes_back(lena, taken_back, now=now)

        payout_return(payout=run.payouts.get(), actor=tom, reason="Account closed", now=now)

        reward.refresh_from_db()
        assert balances(lena) == owed
        assert (reward.status, reward.amount) == (("approved", 1_500) if owed else ("reversed", 2_500))

    def test_becomes_account_credit_where_a_later_payment_was_cut_for_it(
        self, lena: Contact, tom: User, ada: User, now: datetime
    ) -> None:
        reward = approved_cash(lena, 2_500, now=now)
        run = exported_run(tom, ada, now=now)
        payout_run_settle(run=run, actor=tom, now=now)
        Reward.objects.filter(pk=reward.pk).update(status=Reward.Status.REVERSED, taken_back=2_500)
        owes_back(lena, 2_500, now=now)
        approved_cash(lena, 3_000, now=now)
        exported_run(tom, ada, now=now)

        payout_return(payout=run.payouts.get(), actor=tom, reason="Account closed", now=now)

        assert balances(lena) == {"in_transit": 500, "credit": 2_500}


class TestFourEyes:
    def test_who_prepared_a_run_may_not_approve_it(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        with pytest.raises(FourEyes) as refusal:
            payout_run_approve(run=run, actor=tom, now=now)
        assert refusal.value.code == "four_eyes"
        assert str(refusal.value) == "You prepared this run. A second person has to approve it."
        assert statuses(run) == ["draft"]
        assert not AuditEntry.objects.filter(verb="payout_run_approve").exists()

    def test_the_database_itself_refuses(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        sql = "UPDATE rewards_payoutrun SET status = 'approved', approved_by_id = %s, approved_at = %s WHERE id = %s"
        with pytest.raises(IntegrityError, match="payout_run_four_eyes"), transaction.atomic():
            connection.cursor().execute(sql, [tom.pk, now, run.pk])

    def test_the_database_lets_nothing_out_unapproved(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        with pytest.raises(IntegrityError, match="payout_run_leaves_only_approved"), transaction.atomic():
            connection.cursor().execute("UPDATE rewards_payoutrun SET status = 'exported' WHERE id = %s", [run.pk])

    @pytest.mark.parametrize(
        ("four_eyes", "above", "unit", "may"),
        [
            ("always", 0, "USD", False),
            ("always", 10_000, "USD", False),
            ("above", 2_500, "USD", True),
            ("above", 2_499, "USD", False),
            ("above", 10_000, "EUR", False),  # the company reckons in dollars: euros always need the second person
            ("never", 0, "USD", True),
            ("never", 0, "EUR", True),
        ],
    )
    def test_the_company_decides_how_strict_it_is(
        self,
        company: Company,
        lena: Contact,
        tom: User,
        now: datetime,
        four_eyes: str,
        above: int,
        unit: str,
        may: bool,
    ) -> None:
        Company.objects.update(four_eyes=four_eyes, four_eyes_amount=above, currency="USD")
        approved_cash(lena, 2_500, unit, now=now)
        run = payout_run_prepare(unit=unit, actor=tom, now=now)
        if may:
            payout_run_approve(run=run, actor=tom, now=now)
        else:
            with pytest.raises(FourEyes):
                payout_run_approve(run=run, actor=tom, now=now)
        assert statuses(run) == ["approved" if may else "draft"]

    def test_the_setting_of_the_day_of_preparing_counts(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        Company.objects.update(four_eyes="never")
        with pytest.raises(FourEyes):
            payout_run_approve(run=run, actor=tom, now=now)

    def test_one_person_suffices_where_the_schedule_prepared(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=None, now=now)
        payout_run_approve(run=run, actor=tom, now=now)
        assert statuses(run) == ["approved"]

    def test_nobody_approves_what_they_get_themselves(self, lena: Contact, tom: User, ada: User, now: datetime) -> None:
        ada.contact = lena
        ada.save()
        approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        with pytest.raises(OwnPayout):
            payout_run_approve(run=run, actor=ada, now=now)

    def test_of_two_who_approve_the_second_is_told_to_look_again(
        self, lena: Contact, tom: User, ada: User, sam: User, now: datetime
    ) -> None:
        approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        seen_by_sam = PayoutRun.objects.get(pk=run.pk)
        payout_run_approve(run=run, actor=ada, now=now)
        with pytest.raises(Stale):
            payout_run_approve(run=seen_by_sam, actor=sam, now=now)
        seen_by_sam.refresh_from_db()
        assert seen_by_sam.approved_by == ada


class TestOneRewardOnePayment:
    def test_a_second_run_finds_nothing_left(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        payout_run_prepare(unit="EUR", actor=tom, now=now)
        with pytest.raises(NothingToPay):
            payout_run_prepare(unit="EUR", actor=tom, now=now)

    @pytest.mark.parametrize("key", ["the reward's", "another"])
    def test_the_database_refuses_a_second_standing_line(
        self, lena: Contact, tom: User, now: datetime, key: str
    ) -> None:
        reward = approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        live_key = f"reward:{reward.pk}" if key == "the reward's" else "something-else"
        sql = "INSERT INTO rewards_payoutline (payout_id, reward_id, live_key, amount) VALUES (%s, %s, %s, 2500)"
        with pytest.raises(IntegrityError), transaction.atomic():
            connection.cursor().execute(sql, [run.payouts.get().pk, reward.pk, live_key])

    def test_a_line_keeps_its_key_until_it_is_released(self, lena: Contact, tom: User, now: datetime) -> None:
        reward = approved_cash(lena, 2_500, now=now)
        payout_run_prepare(unit="EUR", actor=tom, now=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            PayoutLine.objects.filter(reward=reward).update(released_at=now)


class TestARunThatIsNotPaid:
    def test_cancelled_as_a_draft_or_approved_it_sets_its_rewards_free(
        self, lena: Contact, tom: User, ada: User, now: datetime
    ) -> None:
        reward = approved_cash(lena, 2_500, now=now)
        draft = payout_run_prepare(unit="EUR", actor=tom, now=now)
        payout_run_cancel(run=draft, actor=tom, now=now)
        assert draft.is_cancelled

        run = approved_run(tom, ada, now=now)
        payout_run_cancel(run=run, actor=ada, now=now)

        assert statuses(run, run.payouts.get(), reward) == ["closed", "cancelled", "approved"]
        assert balances(lena) == {"owed": 2_500}
        assert payout_run_prepare(unit="EUR", actor=tom, now=now).total == 2_500

    def test_one_person_is_taken_out_of_a_draft_and_the_others_are_paid(
        self, lena: Contact, ingrid: Contact, tom: User, ada: User, now: datetime
    ) -> None:
        approved_cash(lena, 2_500, now=now)
        approved_cash(ingrid, 900, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        hers, his = run.payouts.get(contact=ingrid), run.payouts.get(contact=lena)
        payout_take_out(payout=hers, actor=tom, reason="She asked us to wait", now=now)
        run.refresh_from_db()
        assert (run.total, hers.status) == (2_500, "cancelled")
        assert AuditEntry.objects.get(verb="payout_take_out").reason == "She asked us to wait"
        with pytest.raises(NotAllowed, match="Cancel the run instead"):
            payout_take_out(payout=his, actor=tom, reason="He too", now=now)

        payout_run_approve(run=run, actor=ada, now=now)
        with pytest.raises(NotAllowed, match="Only a draft"):
            payout_take_out(payout=his, actor=tom, reason="He too", now=now)
        file = payout_run_export(run=run, actor=ada, now=now)
        assert b"25.00" in file
        assert b"9.00" not in file
        payout_run_settle(run=run, actor=tom, now=now)
        assert payout_run_prepare(unit="EUR", actor=tom, now=now).total == 900

    def test_exported_it_cannot_be_cancelled(self, lena: Contact, tom: User, ada: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        run = exported_run(tom, ada, now=now)
        with pytest.raises(NotAllowed):
            payout_run_cancel(run=run, actor=tom, now=now)

    def test_a_draft_cannot_be_settled_or_exported(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        run = payout_run_prepare(unit="EUR", actor=tom, now=now)
        with pytest.raises(NotAllowed):
            payout_run_settle(run=run, actor=tom, now=now)
        with pytest.raises(NotAllowed):
            payout_run_export(run=run, actor=tom, now=now)
        assert balances(lena) == {"owed": 2_500}

    @pytest.mark.parametrize("change", [{"status": "cancelled"}, {"amount": 1_000}], ids=["taken back", "shrunk"])
    def test_is_out_of_date_once_a_reward_of_it_has_changed(
        self, lena: Contact, tom: User, ada: User, now: datetime, change: dict[str, Any]
    ) -> None:
        reward = approved_cash(lena, 2_500, now=now)
        run = approved_run(tom, ada, now=now)
        Reward.objects.filter(pk=reward.pk).update(**change)
        with pytest.raises(RunOutdated):
            payout_run_export(run=run, actor=ada, now=now)
        assert statuses(run) == ["approved"]
        payout_run_cancel(run=run, actor=ada, now=now)


class TestTheSchedule:
    def test_prepares_a_draft_for_each_currency_and_waits_for_it(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, "EUR", now=now)
        approved_cash(lena, 4_000, "USD", now=now)
        approved_cash(contact_of(OMAR), 900, "NOK", now=now)

        assert payouts_prepare(now) == {"prepared": 2}
        drafts = PayoutRun.objects.filter(status="draft", prepared_by=None)
        assert sorted(drafts.values_list("unit", flat=True)) == ["EUR", "USD"]

        approved_cash(lena, 700, "EUR", now=now)
        assert payouts_prepare(now) == {"prepared": 0}
