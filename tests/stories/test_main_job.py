"""The main job, end to end, on real purchases: each step through the door that people use for it.

A company that sold CDs asks its best customers; friends come, are looked after and buy; both sides are thanked and
paid, to the cent. Web server and worker are processes of their own. `test_the_main_job` is the table of contents.
"""

import csv
import io
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.advocates.cdnow import tenth
from tests.installation import Installation, eventually, running
from tests.pages import Page, Visitor
from tests.stories.console import balances, look_up, press, sign_in, verbs

GIVE, CASH = "give-and-get", "thank-you-cash"
TEAM, OWNER = "team@fernway.example", "maya@fernway.example"
# The form takes nobody for a person who fills it in more quickly.
READING_SECONDS = 4


@dataclass(frozen=True)
class Customer:
    """One of CDNOW's: who bought what is real, the name is not."""

    number: str
    name: str
    score: int
    language: str = "en"

    @property
    def email(self) -> str:
        return f"customer-{self.number}@cdnow.example"

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


GRETA = Customer("00300", "Greta Lind", 10)
PAUL = Customer("00040", "Paul Novak", 10, "de")
INES = Customer("00400", "Ines Costa", 10)
JAN = Customer("00130", "Jan de Vries", 9)
OLGA = Customer("00120", "Olga Ruiz", 8)
VERA = Customer("00360", "Vera Kask", 3)
CUSTOMERS = (GRETA, PAUL, INES, JAN, OLGA, VERA)

BEN, BEN_NAME = "ben.story@mail.example", "Ben Carter"
NOOR, NOOR_NAME = "noor.story@mail.example", "Noor Haddad"

INES_IBAN, JAN_IBAN, JAN_NEW_IBAN = "DE89370400440532013000", "NL91ABNA0417164300", "NL02ABNA0123456789"


@dataclass
class Cast:
    """Everybody at their own browser, and what they have learnt so far."""

    house: Installation
    maya: Visitor
    mira: Visitor
    tom: Visitor
    ada: Visitor
    links: dict[str, str] = field(default_factory=dict)
    coupons: dict[str, str] = field(default_factory=dict)
    sign_in_links: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        """Greta's."""
        return self.links[GRETA.email].partition("?")[0].rpartition("/")[2]


def cast_of(house: Installation) -> Cast:
    return Cast(
        house=house,
        maya=sign_in(house, "maya"),
        mira=sign_in(house, "mira"),
        tom=sign_in(house, "tom"),
        ada=sign_in(house, "ada"),
    )


@pytest.mark.slow
@pytest.mark.story
def test_the_main_job(tmp_path: Path) -> None:
    with running(tmp_path) as house:
        open_the_house(house)
        import_the_customers(house)
        cast = cast_of(house)
        choose_the_inner_circle(cast)
        ask_them(cast)
        let_one_of_them_say_no(cast)
        a_friend_comes(cast)
        sales_look_after_him(cast)
        the_friend_buys(cast)
        a_sale_is_sent_back(cast)
        two_weeks_later(cast)
        companies_are_recommended_and_won(cast)
        advocates_say_where_to_pay(cast)
        the_money_is_paid(cast)
        a_payment_comes_back_and_is_paid_again(cast)
        what_was_won_or_lost_is_taken_back(cast)
        the_books_are_sound(cast)
        nothing_went_wrong_unseen(cast)


# --- chapter one: a house with customers ------------------------------------------------------------------------------


def open_the_house(house: Installation) -> None:
    """The operator loads the demo's company, staff and campaigns; a second time adds nothing."""
    said = house.manage("demo_data")
    assert re.search(r"finance\s+Tom Becker\s+tom@fernway.example", said)
    loaded = row_counts(house)

    assert house.manage("demo_data") == said
    assert row_counts(house) == loaded


def row_counts(house: Installation) -> dict[str, int]:
    tables = ("advocates_contact", "advocates_purchase", "referrals_referral", "rewards_reward", "rewards_transfer")
    return {table: house.query(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def import_the_customers(house: Installation) -> None:
    """Purchases first, then names, languages and answers to “would you recommend us?”."""
    file = tenth(house.folder)
    rows = [line.split() for line in file.read_text().splitlines()[1:]]
    cents = sum(round(float(row[3]) * 100) for row in rows)
    assert (len(rows), cents) == (6_787, 24_026_714)

    said = house.manage("purchases_import", str(file), "--source", "shop")
    assert "6787 rows read: 6787 created, 0 updated, 0 unchanged, 0 refused." in said
    assert purchases(house) == (6_787, 2_357, 24_026_714)
    again = house.manage("purchases_import", str(file), "--source", "shop")
    assert "6787 rows read: 0 created, 0 updated, 6787 unchanged, 0 refused." in again
    assert purchases(house) == (6_787, 2_357, 24_026_714)

    people = contacts_file(house.folder)
    assert "0 created, 6 updated, 0 unchanged" in house.manage("contacts_import", str(people), "--source", "shop")
    assert "0 created, 0 updated, 6 unchanged" in house.manage("contacts_import", str(people), "--source", "shop")
    greta = contact(house, GRETA)
    assert (greta["name"], greta["purchases_count"], greta["nps"]["score"]) == ("Greta Lind", 22, 10)
    assert greta["lifetime_value"] == {"amount": 53_843, "currency": "USD"}


def purchases(house: Installation) -> tuple[Any, ...]:
    """How many, of how many customers, for how many cents."""
    return house.query(
        "SELECT count(*), count(DISTINCT contact_id), sum(amount) FROM advocates_purchase"
        " WHERE source = 'shop' AND unit = 'USD'"
    )[0]


def contacts_file(folder: Path) -> Path:
    path = folder / "customers.csv"
    header = "customer_id,name,public_name,email,language,nps_score,nps_date"
    lines = [
        f"{one.number},{one.name},{one.first_name},{one.email},{one.language},{one.score},2026-10-01"
        for one in CUSTOMERS
    ]
    path.write_text("\n".join([header, *lines]))
    return path


def contact(house: Installation, person: Customer) -> dict[str, Any]:
    """What the shop sees of its customer."""
    answer = house.api("POST", "contacts", {"external_id": person.number})
    assert answer.status == 200, answer
    body: dict[str, Any] = answer.body
    return body


# --- chapter two: the right ones are asked ----------------------------------------------------------------------------


def choose_the_inner_circle(cast: Cast) -> None:
    """The machine weighs everybody and says why it suggests somebody; marketing chooses."""
    page = cast.mira.get("/admin/advocates/circlechoice/")
    page = cast.mira.send(page.form("/weigh/"))
    assert "promoter since" in page.text
    assert "(10 of 10)" in page.text
    assert "22 purchases" in page.text
    for unlikely in (OLGA, VERA):
        assert unlikely.name not in page.text, "who is not content is not suggested"

    chosen = [page.choice(f"Choose {person.name}") for person in (GRETA, PAUL, INES, JAN)]
    agree = cast.mira.send(page.form("/choose/"), contact=chosen, action="member")
    assert "These 4 people are taken into the inner circle." in agree.text
    after = cast.mira.send(agree.form("/choose/"), note="Buy often, like to talk.", confirmed="yes")
    assert "4 people are in it now." in after.text


def ask_them(cast: Cast) -> None:
    """A button of the campaign; the mail brings each a link of their own, and nobody is asked twice."""
    assert "2 people are asked." in ask(cast, GIVE, [GRETA, PAUL]).text
    for person, subject in ((GRETA, "Who comes to mind?"), (PAUL, "")):
        mail = cast.house.mail(to=person.email, subject=subject)
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.headers["List-Unsubscribe"] == f"<{mail.link('/u/')}>"
        assert "12 Harbour Street" in mail.text, "the law asks for the postal address"
        cast.links[person.email] = mail.link("/r/")
    assert "20 $ Guthaben" in cast.house.mail(to=PAUL.email).text, "Paul reads German"
    assert len(cast.code) >= 8

    again = ask(cast, GIVE, [GRETA, PAUL]).text
    assert "0 people are asked. Left out: asked not long ago: 2." in again


def ask(cast: Cast, slug: str, people: Sequence[Customer]) -> Page:
    campaign = look_up(cast.mira, "campaigns/campaign", slug)
    addresses = "\n".join(person.email for person in people)
    return press(cast.mira, campaign, "ask", who="chosen", addresses=addresses)


def let_one_of_them_say_no(cast: Cast) -> None:
    """Looking at the page changes nothing; one press, or the button of the mail program, is for good."""
    link = cast.house.mail(to=PAUL.email).link("/u/")
    cast.house.visitor().get(link)
    assert "Left out: asked not long ago: 1." in ask(cast, GIVE, [PAUL]).text

    for _press in range(2):
        answer = cast.house.visitor().post(link, {"List-Unsubscribe": "One-Click"})
        assert answer.text == ""
    assert "Left out: unsubscribed: 1." in ask(cast, GIVE, [PAUL]).text
    assert len(cast.house.mails(to=PAUL.email)) == 1


# --- chapter three: a friend ------------------------------------------------------------------------------------------


def a_friend_comes(cast: Cast) -> None:
    """Ben follows the link. What he sees, everybody sees who may not have the offer: only a mail tells them apart."""
    ben, same_ben, greta, customer = (arrive(cast, GRETA) for _visitor in range(4))
    assert "Greta recommends Fernway Coffee to you" in ben.page.text
    assert "10 % off your first order" in ben.page.text
    time.sleep(READING_SECONDS)

    thanks = claim(ben, BEN, BEN_NAME)
    cast.coupons[BEN] = coupon_on(ben.visitor, thanks)
    cast.house.mail(to=BEN, subject="greetings from Greta")
    assert cast.coupons[BEN] in cast.house.mail(to=BEN, subject="Your code for 10 % off").text
    cast.house.mail(to=GRETA.email, subject="Ben Carter has come by")
    for colleague in (OWNER, TEAM):
        cast.house.mail(to=colleague, subject=f"New referral: {BEN_NAME}")

    shown = alike(ben.visitor.get(thanks.path))
    for guest, email, why in (
        (same_ben, BEN, "recommended to us before"),
        (greta, GRETA.email, "over your own link"),
        (customer, OLGA.email, "a customer already"),
    ):
        page = claim(guest, email, BEN_NAME)
        coupon_on(guest.visitor, page)
        assert alike(guest.visitor.get(page.path)) == shown, "the page tells who is a customer"
        assert why in cast.house.mail(to=email, subject="About the offer").text
    assert referral_ids(cast, GIVE, BEN) == referral_ids(cast, GIVE, GRETA.email), "one friend, one referral"


@dataclass
class Guest:
    """A friend in front of the landing page."""

    visitor: Visitor
    page: Page


def arrive(cast: Cast, advocate: Customer) -> Guest:
    visitor = cast.house.visitor()
    page = visitor.get(cast.links[advocate.email])
    assert page.path.startswith("/c/"), page
    return Guest(visitor, page)


def claim(guest: Guest, email: str, name: str, **more: str) -> Page:
    thanks = guest.visitor.send(guest.page.form(), name=name, email=email, consent="on", **more)
    assert "/thanks/" in thanks.path, thanks
    return thanks


def coupon_on(visitor: Visitor, thanks: Page) -> str:
    """The code on the thank-you page; a worker makes it, so it may take a moment."""

    def look() -> str:
        found = re.search(r'<code translate="no">([^<]+)</code>', visitor.get(thanks.path).html)
        return found[1] if found else ""

    return eventually(look)


def alike(page: Page) -> str:
    """A thank-you page without its code."""
    code = re.search(r'<code translate="no">([^<]+)</code>', page.html)
    assert code
    return page.text.replace(code[1], "CODE")


def referral_ids(cast: Cast, slug: str, person: str) -> list[str]:
    """Through the API, of a friend or an advocate."""
    contact_id = cast.house.api("POST", "contacts", {"email": person}).body["id"]
    found = cast.house.api("GET", f"referrals?campaign={slug}&contact={contact_id}").body
    return [row["id"] for row in found["items"]]


def sales_look_after_him(cast: Cast) -> None:
    """Maya sees on what basis she may write, gets in touch, and finds that he fits."""
    page = look_up(cast.maya, "referrals/referral", BEN)
    assert "recommended by Greta Lind" in page.text
    assert "May be mailed: yes" in page.text
    assert "May be phoned: no" in page.text
    assert verbs(page) >= {"contacted", "qualified", "won", "lost"}

    page = press(cast.maya, page, "contacted", reason="He likes dark roasts.")
    assert "You are in touch with" in page.text
    page = press(cast.maya, page, "qualified")
    assert "is a good fit" in page.text
    assert "He likes dark roasts." in page.text
    assert cast.maya.get("/admin/referrals/referral/?status__exact=qualified").row(BEN_NAME)


def the_friend_buys(cast: Cast) -> None:
    """The shop tells it once, however often it calls; the referral is won, the coupon used, Greta's credit waits."""
    sale = order("order-1", BEN, 4_900, coupon=cast.coupons[BEN])
    told = cast.house.api("POST", "events", sale)
    assert (told.status, told.body["duplicate"]) == (202, False), told
    assert told.body["attribution"]["referral_code"] == cast.code

    replay = cast.house.api("POST", "events", sale)
    assert (replay.status, replay.body) == (200, told.body | {"duplicate": True})
    other = cast.house.api("POST", "events", sale | {"amount": 4_901})
    assert (other.status, other.body["code"]) == (409, "event_id_reused")

    (ben,) = referral_ids(cast, GIVE, BEN)
    assert cast.house.api("GET", f"referrals/{ben}").body["status"] == "converted"
    credit = rewards(cast, GRETA, count=1)[0]
    assert (credit["kind"], credit["value"]) == ("credit", {"amount": 2_000, "currency": "USD"})
    assert (credit["status"], credit["pending_reasons"]) == ("pending", ["on_hold"])
    assert days_from_now(credit["eligible_at"]) == 14
    eventually(lambda: "used" in coupon_row(cast, cast.coupons[BEN]))
    cast.house.mail(to=GRETA.email, subject="is a customer now, thanks to you")
    cast.house.mail(to=BEN, subject="Good to have you with us")

    second = cast.house.api("POST", "events", order("order-2", BEN, 9_900))
    assert second.body["referral"] == ben
    assert len(rewards(cast, GRETA, count=1)) == 1, "only the first order earns"


def order(event_id: str, email: str, cents: int, **more: Any) -> dict[str, Any]:
    facts = {"type": "purchase", "occurred_at": datetime.now(UTC).isoformat(), "friend": {"email": email}}
    return {"event_id": event_id, "amount": cents, "currency": "USD", **facts, **more}


def rewards(cast: Cast, advocate: Customer, *, count: int, **filters: str) -> list[dict[str, Any]]:
    """Of that person, the newest first, as soon as there are so many."""
    asked = {"contact": contact(cast.house, advocate)["id"], **filters}
    query = "&".join(f"{name}={value}" for name, value in asked.items())

    def look() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = cast.house.api("GET", f"rewards?{query}").body["items"]
        assert len(items) >= count, items
        return items

    return eventually(look)


def coupon_row(cast: Cast, code: str) -> str:
    """How the code stands in the console."""
    return cast.maya.get(f"/admin/rewards/coupon/?q={code}").row(code)


def days_from_now(moment: str) -> int:
    left = datetime.fromisoformat(moment) - datetime.now(UTC)
    return round(left.total_seconds() / 86_400)


def a_sale_is_sent_back(cast: Cast) -> None:
    """Noor comes by the same link, buys, and sends it back before anybody was paid for it."""
    noor = arrive(cast, GRETA)
    time.sleep(READING_SECONDS)
    coupon_on(noor.visitor, claim(noor, NOOR, NOOR_NAME))
    assert cast.house.api("POST", "events", order("order-3", NOOR, 3_000)).status == 202
    newest = rewards(cast, GRETA, count=2)[0]
    assert newest["status"] == "pending"

    refund = {"event_id": "refund-3", "refunds": "order-3", "reason": "too sour"}
    assert cast.house.api("POST", "refunds", refund).status == 202
    assert cast.house.api("POST", "refunds", refund).status == 200
    eventually(lambda: reward(cast, newest["id"])["status"] == "cancelled")


def reward(cast: Cast, reward_id: str) -> dict[str, Any]:
    body: dict[str, Any] = cast.house.api("GET", f"rewards/{reward_id}").body
    return body


def two_weeks_later(cast: Cast) -> None:
    """The waiting time is over: the credit is Greta's, and only that of the sale which stood."""
    cast.house.manage("jobs", "run", "rewards_mature")
    assert [one["status"] for one in rewards(cast, GRETA, count=2)] == ["cancelled", "pending"], "not a day too early"

    cast.house.later(15)
    assert "matured" in cast.house.manage("jobs", "run", "rewards_mature")
    assert [one["status"] for one in rewards(cast, GRETA, count=2)] == ["cancelled", "fulfilled"]
    cast.house.mail(to=GRETA.email, subject="$20.00 in account credit are yours")
    assert balances(cast.tom, contact(cast.house, GRETA)["id"]) == {"account credit": "$20.00"}


# --- chapter four: money ----------------------------------------------------------------------------------------------


def companies_are_recommended_and_won(cast: Cast) -> None:
    """Ines tells Maya of a company on the phone, Jan shares his link; both companies sign."""
    ask(cast, CASH, [INES, JAN])
    for advocate in (INES, JAN):
        cast.links[advocate.email] = cast.house.mail(to=advocate.email, subject="Who comes to mind?").link("/r/")
    hear_by_phone(cast)
    guest = arrive(cast, JAN)
    time.sleep(READING_SECONDS)
    claim(guest, "tim@berger.example", "Tim Berger", company="Berger Bau")

    for friend, value in (("Rosa Keller", "1200"), ("Tim Berger", "850.50")):
        page = look_up(cast.maya, "referrals/referral", friend)
        page = press(cast.maya, page, "won", amount=value, currency="EUR")
        assert "Both sides are thanked by mail" in page.text
    for advocate in (INES, JAN):
        earned = rewards(cast, advocate, count=1)[0]
        assert (earned["kind"], earned["value"]) == ("cash", {"amount": 2_500, "currency": "EUR"})
        assert set(earned["pending_reasons"]) == {"on_hold", "needs_approval"}


def hear_by_phone(cast: Cast) -> None:
    form = cast.maya.get("/admin/referrals/referral/add/")
    campaign = look_up(cast.mira, "campaigns/campaign", CASH)
    entered = cast.maya.send(
        form.form(),
        campaign=campaign.path.split("/")[-3],
        advocate=INES.email,
        name="Rosa Keller",
        email="rosa@keller.example",
        company="Keller Optik",
        basis="given_to_advocate",
        note="Forty people and an old machine.",
    )
    assert "Everybody concerned is told by mail." in entered.text
    cast.house.mail(to=INES.email, subject="Rosa Keller has come by")
    cast.house.mail(to="rosa@keller.example", subject="greetings from Ines")


def advocates_say_where_to_pay(cast: Cast) -> None:
    """A sign-in link from the console's command: looking consumes nothing, a press signs in, a second one does not."""
    for person, iban in ((INES, INES_IBAN), (JAN, JAN_IBAN)):
        link = sign_in_link(cast, person)
        scanner, advocate = cast.house.visitor(), cast.house.visitor()
        scanner.get(link)
        home = advocate.send(advocate.get(link).form())
        assert home.path == "/portal/", home
        assert cast.links[person.email].partition("?")[0] in home.html
        scanner.get(link, answers=410)
        give_account(advocate, person, iban)


def sign_in_link(cast: Cast, person: Customer) -> str:
    """Made by the operator's command, for somebody who cannot find their mail."""
    cast.sign_in_links.append(cast.house.manage("portal_link", person.email).strip().splitlines()[-1])
    return cast.sign_in_links[-1]


def give_account(advocate: Visitor, person: Customer, iban: str) -> None:
    page = advocate.get("/portal/payout-method/")
    wrong = advocate.send(page.form(), holder=person.name, iban=iban.replace("0", "1", 1))
    assert wrong.path == page.path, "a number with a typing error is noticed"
    saved = advocate.send(page.form(), holder=person.name, iban=iban)
    assert "on we pay to" in saved.text
    assert iban not in saved.html


def the_money_is_paid(cast: Cast) -> None:
    """Finance agrees with each reward and prepares a run; only a second person may approve it. The bank gets a file."""
    cast.house.later(15)
    cast.house.manage("jobs", "run", "rewards_mature")
    for person in (INES, JAN):
        page = look_up(cast.tom, "rewards/reward", person.name, status__exact="pending")
        assert "Approved" in press(cast.tom, page, "approve").text
        cast.house.mail(to=person.email, subject="€25.00 are ready for you")

    run = prepare_run(cast.tom, total="€50.00")
    refused = press(cast.tom, run, "approve")
    assert "A second person has to approve it." in refused.text
    assert "Approved" in press(cast.ada, cast.ada.get(run.path), "approve").text
    press(cast.tom, cast.tom.get(run.path), "export")
    paid = bank_file(cast.tom, run)
    assert paid == {INES.name: (INES_IBAN, "25.00", "EUR"), JAN.name: (JAN_IBAN, "25.00", "EUR")}

    page = press(cast.tom, cast.tom.get(run.path), "settle")
    assert "Everybody who was paid is told by mail." in page.text
    for person in (INES, JAN):
        cast.house.mail(to=person.email, subject="€25.00 is on its way to your account")
        assert rewards(cast, person, count=1)[0]["status"] == "fulfilled"
        assert balances(cast.tom, contact(cast.house, person)["id"]) == {"paid out": "€25.00"}


def prepare_run(colleague: Visitor, *, total: str) -> Page:
    page = colleague.get("/admin/rewards/payoutrun/prepare/?unit=EUR")
    run = colleague.send(page.form())
    assert f"Prepared: {total} for" in run.text, run
    return run


def bank_file(colleague: Visitor, run: Page) -> dict[str, tuple[str, str, str]]:
    """Account, amount and currency by holder."""
    # Of the two the first is the CSV file; the other is a SEPA message.
    as_table, _as_message = (form for form in colleague.get(run.path).forms if "/file/" in form.action)
    answer = colleague.send(as_table).response
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return {row["holder"]: (row["iban"], row["amount"], row["currency"]) for row in rows}


def a_payment_comes_back_and_is_paid_again(cast: Cast) -> None:
    """Jan's bank sends the money back: he is told, names another account, and stands in the next run."""
    page = look_up(cast.tom, "rewards/payout", JAN.name)
    assert "stands in the next run" in press(cast.tom, page, "returned", reason="Account closed").text
    link = cast.house.mail(to=JAN.email, subject="€25.00 came back to us").link("/portal/")
    assert rewards(cast, JAN, count=1)[0]["status"] == "approved"
    assert balances(cast.tom, contact(cast.house, JAN)["id"]) == {"owed": "€25.00"}

    jan = cast.house.visitor()
    jan.send(jan.get(sign_in_link(cast, JAN)).form())
    jan.get(link)
    give_account(jan, JAN, JAN_NEW_IBAN)
    # Who did not change it can object in time.
    cast.house.mail(to=JAN.email, subject="The account that we pay you to was changed")
    assert "rests" in cast.ada.get("/admin/rewards/payoutrun/prepare/?unit=EUR").text
    cast.house.later(4)
    run = prepare_run(cast.ada, total="€25.00")
    press(cast.tom, cast.tom.get(run.path), "approve")
    press(cast.tom, cast.tom.get(run.path), "export")
    assert bank_file(cast.tom, run) == {JAN.name: (JAN_NEW_IBAN, "25.00", "EUR")}
    press(cast.ada, cast.ada.get(run.path), "settle")
    assert rewards(cast, JAN, count=1)[0]["status"] == "fulfilled"
    assert balances(cast.tom, contact(cast.house, JAN)["id"]) == {"paid out": "€25.00"}


# --- chapter five: mistakes, and the books ----------------------------------------------------------------------------


def what_was_won_or_lost_is_taken_back(cast: Cast) -> None:
    """Uma was given up too early. Rosa's deal falls through after Ines was paid for it: the books remember."""
    lost = hear_of(cast, INES, "Uma Nair", "uma@nair.example")
    page = press(cast.maya, lost, "lost", reason="They have just signed elsewhere.")
    assert verbs(page).isdisjoint({"won", "contacted"})
    page = press(cast.maya, page, "take-back", reason="The other offer fell through.")
    assert "stands where it stood before" in page.text
    assert "won" in verbs(page)

    rosa = look_up(cast.maya, "referrals/referral", "Rosa Keller")
    page = press(cast.maya, rosa, "take-back", reason="The signature was not theirs.")
    assert "stands where it stood before" in page.text
    eventually(lambda: rewards(cast, INES, count=1)[-1]["status"] == "reversed")
    ines = contact(cast.house, INES)["id"]
    assert balances(cast.tom, ines) == {"paid out": "€25.00", "to be netted": "-€25.00"}


def hear_of(cast: Cast, advocate: Customer, name: str, email: str) -> Page:
    """Through the API this time, as a form on the company's own site would."""
    code = cast.links[advocate.email].partition("?")[0].rpartition("/")[2]
    body = {"referral_code": code, "friend": {"email": email, "name": name}, "consent": True}
    assert cast.house.api("POST", f"campaigns/{CASH}/referrals", body).status == 201
    return look_up(cast.maya, "referrals/referral", name)


def the_books_are_sound(cast: Cast) -> None:
    """Every transfer has two sides, so all balances of a currency add up to nothing; each person's are to the cent."""
    assert "Sound:" in cast.house.manage("ledger_check")
    sums = cast.house.query("SELECT unit, sum(balance) FROM rewards_account GROUP BY unit ORDER BY unit")
    assert [(unit, int(total)) for unit, total in sums] == [("EUR", 0), ("USD", 0)]
    assert balances(cast.tom, contact(cast.house, GRETA)["id"]) == {"account credit": "$20.00"}
    received = rewards(cast, GRETA, count=1, status="fulfilled")
    assert sum(one["value"]["amount"] for one in received) == 2_000


def nothing_went_wrong_unseen(cast: Cast) -> None:
    """No process wrote down an error, an address or a token. A used link that is opened again is logged, for one."""
    cast.house.stop()
    mailed = [link for mail in cast.house.mails() for link in mail.links if cast.house.url in link]
    tokens = {link.rstrip("/").rpartition("/")[2] for link in [*mailed, *cast.sign_in_links]}
    for name in ("web", "worker"):
        log = cast.house.log(name)
        assert "Traceback" not in log, log[-4000:]
        assert "@cdnow.example" not in log
        assert "@mail.example" not in log
        assert not [token for token in tokens if len(token) > 20 and token in log], "a token stands in the log"
