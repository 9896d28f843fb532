"""“I referred this person”: what is looked at, who decides by when, and what the advocate hears."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from advocates.models import AuditEntry, ContactDetails, User
from advocates.people import Move
from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign, Company, Enrolment, OutboundMessage
from campaigns.portal.shell import SESSION_KEY
from config.lib import clock
from config.lib.money import Money
from config.lib.states import NotAllowed, Stale
from referrals.claim_words import ANSWERS, Answer, answer_words, fact_speaks, fact_words, friend_label
from referrals.errors import ExistingCustomer, FriendMissing, OwnClaim, ReasonNeeded, SelfReferral
from referrals.merging import claim_merge, claim_unmerge
from referrals.models import Claim, Referral, Visit
from referrals.personal import claims_erased, claims_told
from referrals.services.claims import claim_decline, claim_grant, claim_make, claims_remind
from referrals.services.events import EventFacts, event_record
from rewards.models import Reward
from rewards.services.evaluation import rewards_evaluate
from tests.cast import BEN, LENA, NOOR, SOFIA, contact_of
from tests.factories.referrals import referred
from tests.factories.rewards import rule_of, won

pytestmark = pytest.mark.django_db

PAGE = "/portal/friends/claim/"


def claimed(link: Enrolment, *, now: datetime, email: str = BEN.email, **said: Any) -> Claim:
    facts = {"email": email, "name": "Benny", **said}
    claim, _is_new = claim_make(
        enrolment=link, friend=ContactFacts(**facts), note="We spoke on the phone", source="portal", now=now
    )
    return claim


def bought(person: Any, *, now: datetime, event_id: str = "order-1") -> None:
    facts = EventFacts(
        event_id=event_id,
        type="purchase",
        occurred_at=now,
        friend=ContactFacts(email=person.email),
        amount=Money(5_000, "USD"),
    )
    event_record(facts=facts, source="shop", now=now)


def codes(claim: Claim) -> list[str]:
    return [fact["code"] for fact in claim.evidence]


def mails(name: str) -> list[OutboundMessage]:
    return list(OutboundMessage.objects.filter(mail=name).order_by("pk"))


# --- made -------------------------------------------------------------------------------------------------------------


def test_an_advocate_hears_by_when_and_the_team_what_is_to_be_decided(link: Enrolment, now: datetime) -> None:
    claim = claimed(link, now=now)

    # Monday the 16th: five working days later is Monday the 23rd, at the close of business.
    assert claim.decide_by == datetime(2026, 11, 23, 17, tzinfo=now.tzinfo)
    [noted], [to_decide] = mails("claim_noted"), mails("claim_to_decide")
    assert (noted.contact, to_decide.to_address) == (link.contact, "team@fernway.example")
    assert "Montag, 23 November" in noted.text, "in Lena's language"
    assert BEN.email in noted.text
    assert BEN.email not in to_decide.text
    assert friend_label(claim) == BEN.email


def test_said_twice_it_is_one_claim(link: Enrolment, now: datetime) -> None:
    first = claimed(link, now=now)
    assert claimed(link, now=now, email=BEN.email.upper()) == first
    assert Claim.objects.count() == len(mails("claim_noted")) == 1


def test_of_somebody_known_nothing_is_changed(link: Enrolment, now: datetime) -> None:
    ben = contact_of(BEN)
    claimed(link, now=now, phone="+4930901999")
    ben.refresh_from_db()
    assert ben.details.name == BEN.name
    assert not ben.keys.filter(value__contains="901999").exists()


def test_nobody_claims_themselves(link: Enrolment, now: datetime) -> None:
    with pytest.raises(SelfReferral):
        claimed(link, now=now, email=LENA.email)


def test_a_name_alone_does_where_one_person_bears_it(link: Enrolment, now: datetime) -> None:
    noor = contact_of(NOOR)
    claim = claimed(link, now=now, email="", name="noor HADDAD")
    assert claim.friend == noor
    assert friend_label(claim) == "the person you told us about"
    ContactDetails.objects.filter(contact=contact_of(SOFIA)).update(match_name=noor.details.match_name)
    for name in ("Noor Haddad", "Nobody Known", ""):
        with pytest.raises(FriendMissing):
            claimed(link, now=now, email="", name=name)


# --- the evidence -----------------------------------------------------------------------------------------------------


def test_evidence_is_gathered_from_what_we_know(
    link: Enrolment, other_link: Enrolment, now: datetime, company: Company
) -> None:
    ben = referred(other_link, now=now, evidence={"visitor": "v1"})
    for days in (3, 1):
        Visit.objects.create(enrolment=link, visitor="v1", occurred_at=now - timedelta(days=days))
    bought(BEN, now=now)
    claim = claimed(link, now=now + timedelta(hours=1))

    assert codes(claim) == ["named", "enrolled", "link_followed", "came_by", "bought", "ladder"]
    words = {fact["code"]: fact_words(fact) for fact in claim.evidence}
    assert words["link_followed"].startswith("Their link was followed 2 times on the friend's device")
    assert words["came_by"].startswith("The friend came by somebody else, on 16 Nov 2026")
    assert words["ladder"] == "All in all something stronger speaks for somebody else: referral code."
    assert [fact_speaks(fact) for fact in claim.evidence] == [None, None, True, False, None, False]
    assert BEN.email not in str(claim.evidence)
    assert ben.friend.details.name not in str(claim.evidence)


def test_whom_nobody_knew_when_the_claim_was_made_was_named_beforehand(link: Enrolment, now: datetime) -> None:
    by_mail, by_phone = claimed(link, now=now), claimed(link, now=now, email="", phone=NOOR.phone)
    for claim, rung in ((by_mail, "email"), (by_phone, "phone")):
        ladder = claim.evidence[-1]
        assert (ladder["values"]["method"], ladder["values"]["is_own"]) == (rung, True)
        assert fact_words(ladder).startswith("All in all it speaks for them")


def test_every_answer_has_its_sentence_and_none_speaks_of_the_friend(link: Enrolment, now: datetime) -> None:
    assert set(ANSWERS) == set(Answer)
    for answer in Answer:
        words = answer_words(Claim(answer=answer))
        assert words.endswith(".")
        assert "customer" not in words


# --- decided ----------------------------------------------------------------------------------------------------------


def test_granted_a_friend_who_had_bought_becomes_a_conversion_and_pays(
    link: Enrolment, campaign: Campaign, maya: User, now: datetime
) -> None:
    rule_of(campaign, now=now)
    bought(BEN, now=now + timedelta(days=1))
    claim = claimed(link, now=now + timedelta(days=2))

    referral = claim_grant(claim=claim, actor=maya, reason="Ben told us so", now=now + timedelta(days=3))
    rewards_evaluate(now + timedelta(days=3))

    claim.refresh_from_db()
    assert (claim.status, claim.referral, claim.decided_by) == ("granted", referral, maya)
    assert (referral.status, referral.method, referral.advocate) == ("converted", "claim", link.contact)
    assert Reward.objects.get().contact == link.contact
    [decision] = referral.decisions.all()
    assert (decision.method, decision.candidates[0]["code"], decision.actor) == ("claim", "claim", maya)
    assert AuditEntry.objects.get(verb="claim_granted").reason == "Ben told us so"
    [answered] = mails("claim_answered")
    assert answered.contact == link.contact
    assert "Ben told us so" not in answered.text
    assert not mails("friend_thanks"), "they bought long ago"


def test_granted_a_friend_who_is_new_to_us_is_welcomed(link: Enrolment, maya: User, now: datetime) -> None:
    claim_grant(claim=claimed(link, now=now), actor=maya, reason="He called", now=now)
    assert len(mails("friend_thanks")) == 1
    assert not mails("advocate_news"), "the answer says it"


def test_granted_over_somebody_else_the_credit_moves(
    link: Enrolment, other_link: Enrolment, campaign: Campaign, maya: User, now: datetime
) -> None:
    rule_of(campaign, now=now, hold_days=14)
    ben = referred(other_link, now=now)
    won(ben, now=now)
    claim = claimed(link, now=now)

    assert claim_grant(claim=claim, actor=maya, reason="Ben told us so", now=now) == ben
    rewards_evaluate(now)

    ben.refresh_from_db()
    assert (ben.advocate, ben.method) == (link.contact, "claim")
    assert sorted(Reward.objects.values_list("contact", "status")) == sorted(
        [(other_link.contact_id, "cancelled"), (link.contact_id, "pending")]
    )


def test_not_once_somebody_else_was_promised_the_money(
    link: Enrolment, other_link: Enrolment, campaign: Campaign, maya: User, now: datetime
) -> None:
    rule_of(campaign, now=now)
    won(referred(other_link, now=now), now=now)
    claim = claimed(link, now=now)
    with pytest.raises(NotAllowed):
        claim_grant(claim=claim, actor=maya, reason="Ben told us so", now=now)
    claim = Claim.objects.get()
    assert (claim.status, claim.referral, claim.decided_at) == ("open", None, None)
    assert not mails("claim_answered")


def test_who_was_a_customer_before_the_advocate_began_is_none_of_theirs(
    link: Enrolment, maya: User, now: datetime
) -> None:
    bought(BEN, now=now - timedelta(days=30))
    claim = claimed(link, now=now)
    assert fact_words(claim.evidence[-1]).startswith("All in all: the friend was a customer already")
    with pytest.raises(ExistingCustomer):
        claim_grant(claim=claim, actor=maya, reason="Ben told us so", now=now)


def test_declined_the_advocate_reads_a_sentence_and_why_stays_in_the_house(
    link: Enrolment, sam: User, now: datetime
) -> None:
    claim = claimed(link, now=now)
    claim_decline(claim=claim, actor=sam, answer=Answer.OTHER_WAY, reason="Came by our fair in Bonn", now=now)
    [answered] = mails("claim_answered")
    assert "Bonn" not in answered.text
    assert (claim.status, claim.answer, claim.decided_by) == ("declined", "other_way", sam)
    assert not Referral.objects.exists()


def test_who_decides_says_why_and_is_not_concerned(link: Enrolment, maya: User, now: datetime) -> None:
    claim = claimed(link, now=now)
    with pytest.raises(ReasonNeeded):
        claim_grant(claim=claim, actor=maya, reason=" ", now=now)
    for concerned in (link.contact, claim.friend):
        maya.contact = concerned
        with pytest.raises(OwnClaim):
            claim_decline(claim=claim, actor=maya, answer=Answer.TOO_LATE, reason="No", now=now)


def test_of_two_who_decide_the_second_is_told_to_look_again(
    link: Enrolment, maya: User, sam: User, now: datetime
) -> None:
    claim = claimed(link, now=now)
    rival = Claim.objects.get()
    claim_grant(claim=claim, actor=maya, reason="Ben told us so", now=now)
    with pytest.raises(Stale):
        claim_decline(claim=rival, actor=sam, answer=Answer.TOO_LATE, reason="Too late", now=now)
    assert len(mails("claim_answered")) == 1
    assert Claim.objects.get().status == "granted"


def test_the_team_is_reminded_once_of_what_is_late(link: Enrolment, maya: User, now: datetime) -> None:
    claim = claimed(link, now=now)
    assert claims_remind(claim.decide_by) == {"late": 0}
    for hours in (1, 2):
        assert claims_remind(claim.decide_by + timedelta(hours=hours)) == {"late": 1}
    assert len(mails("claim_overdue")) == 1
    claim_decline(claim=claim, actor=maya, answer=Answer.TOO_LATE, reason="No", now=claim.decide_by)
    assert claims_remind(claim.decide_by + timedelta(hours=3)) == {"late": 0}


# --- people who turn out to be one, or leave --------------------------------------------------------------------------


def test_a_claim_goes_with_the_friend_and_comes_back(link: Enrolment, other_link: Enrolment, now: datetime) -> None:
    mine, of_both = claimed(link, now=now), claimed(other_link, now=now)
    kept = claimed(other_link, now=now, email=NOOR.email).friend
    move = Move(kept=kept, gone=mine.friend, now=now)

    moved = claim_merge(move)
    assert moved == [mine.pk]
    assert Claim.objects.get(pk=of_both.pk).friend == move.gone, "the same advocate named both"
    assert claimed(link, now=now, email=NOOR.email) == mine

    claim_unmerge(Move(kept=kept, gone=mine.friend, now=now), moved)
    again = Claim.objects.get(pk=mine.pk)
    assert (again.friend, again.claim_key) == (mine.friend, mine.claim_key)


def test_who_is_forgotten_leaves_no_words_behind(link: Enrolment, sam: User, now: datetime) -> None:
    claim = claimed(link, now=now)
    claim_decline(claim=claim, actor=sam, answer=Answer.OTHER_WAY, reason="Ben met us in Bonn", now=now)
    [said], [about] = claims_told(link.contact), claims_told(claim.friend)
    assert (said["note"], said["as"]) == ("We spoke on the phone", "advocate")
    assert "note" not in about
    claims_erased(claim.friend, now)
    claim.refresh_from_db()
    assert claim.note == ""
    assert "Bonn" not in claim.reason
    assert BEN.email not in "".join(mail.text for mail in OutboundMessage.objects.all())


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def portal(link: Enrolment, client: Client) -> Client:
    """Lena's browser."""
    session = client.session
    session[SESSION_KEY] = link.contact_id
    session.save()
    return client


def said(link: Enrolment, **changes: str) -> dict[str, str]:
    return {"enrolment": str(link.pk), "name": "Benny", "email": BEN.email, "phone": "", "note": "By phone"} | changes


def test_the_page_takes_a_claim_and_shows_how_it_stands(portal: Client, link: Enrolment, sam: User) -> None:
    assert PAGE in portal.get("/portal/friends/").content.decode()
    assert portal.post(PAGE, said(link)).status_code == 302
    page = portal.get(PAGE).content.decode()
    assert BEN.email in page
    claim = Claim.objects.get()
    claim_decline(claim=claim, actor=sam, answer=Answer.TOO_LATE, reason="Not told", now=clock.now())
    page = portal.get(PAGE).content.decode()
    assert "Not told" not in page


def test_the_page_answers_alike_whether_we_know_the_friend(portal: Client, link: Enrolment) -> None:
    contact_of(NOOR)
    known, unknown = (portal.post(PAGE, said(link, email=email)) for email in (NOOR.email, "new@mail.example"))
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    page = portal.get(PAGE).content.decode()
    assert NOOR.name not in page


@pytest.mark.parametrize(
    "changes",
    [{"email": "", "phone": ""}, {"email": "no address"}, {"phone": "12"}, {"name": "\0"}, {"enrolment": "0"}],
)
def test_the_page_says_in_place_what_is_missing(portal: Client, link: Enrolment, changes: dict[str, str]) -> None:
    assert portal.post(PAGE, said(link, **changes)).status_code == 200
    assert not Claim.objects.exists()


def test_another_advocates_campaign_cannot_be_named(portal: Client, link: Enrolment, other_link: Enrolment) -> None:
    assert portal.post(PAGE, said(link, enrolment=str(other_link.pk))).status_code == 200
    assert not Claim.objects.exists()


def test_staff_see_the_evidence_decide_and_find_what_is_late_on_today(
    link: Enrolment, maya: User, tom: User, client: Client
) -> None:
    claim = claimed(link, now=clock.now() - timedelta(days=30))
    client.force_login(maya)
    url = f"/admin/referrals/claim/{claim.pk}/"
    assert f"{url}change/" in client.get("/admin/").content.decode()
    assert f"{url}change/" in client.get("/admin/referrals/claim/?answer=late").content.decode()
    page = client.get(f"{url}change/").content.decode()
    assert "All in all it speaks for them" in page
    assert "It is late." in page

    client.force_login(tom)
    assert client.post(f"{url}do/grant/", {"reason": "Yes"}).status_code == 403
    client.force_login(maya)
    client.post(f"{url}do/grant/", {"reason": "Ben told us so"})
    assert Claim.objects.get().status == "granted"
    page = client.get(f"{url}change/").content.decode()
    assert "The advocate read:" in page
    assert f"{url}change/" not in client.get("/admin/").content.decode()


def test_the_address_of_the_page_names_nobody(portal: Client, link: Enrolment) -> None:
    answer = portal.post(PAGE, said(link))
    assert quote(BEN.email) not in answer["Location"]
