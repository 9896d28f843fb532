"""Short runs of the trials, each with a fixed seed; `make trust` holds them in full."""

import pytest

from tests.trust.budget import budget
from tests.trust.illegal_sql import illegal_sql
from tests.trust.ledger import ledger
from tests.trust.mail_kill import mail_kill
from tests.trust.no_eta import no_eta
from tests.trust.prefetch import prefetch
from tests.trust.redis_hang import redis_hang
from tests.trust.trial import Size

SEED = 1


@pytest.mark.django_db
def test_the_database_refuses_wrong_money() -> None:
    assert illegal_sql(SEED, Size.SHORT)["refused"] == 23


@pytest.mark.slow
@pytest.mark.django_db
def test_any_order_of_steps_leaves_the_books_in_balance() -> None:
    assert ledger(SEED, Size.SHORT)["violations"] == 0


@pytest.mark.slow
@pytest.mark.django_db
def test_following_every_link_of_every_mail_changes_nothing() -> None:
    assert prefetch(SEED, Size.SHORT)["rows changed"] == 0


@pytest.mark.slow
@pytest.mark.django_db
def test_nothing_is_put_off_by_the_broker() -> None:
    assert no_eta(SEED, Size.SHORT)["put off"] == 0


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_budget_funds_what_it_has_room_for() -> None:
    figures = budget(SEED, Size.SHORT)
    assert figures["funded"] == figures["cap"]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_senders_that_are_killed_send_nothing_twice() -> None:
    assert mail_kill(SEED, Size.SHORT)["twice"] == 0


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_redis_that_hangs_costs_delay_only() -> None:
    assert redis_hang(SEED, Size.SHORT)["5xx"] == 0
