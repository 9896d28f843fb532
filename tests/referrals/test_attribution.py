"""The written table, row by row: through pages and API where there is a door, else by the pure function."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from advocates.models import User
from advocates.services.contacts import ContactFacts
from advocates.services.merging import contacts_merge
from campaigns.models import Campaign, Company, Enrolment
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from config.lib.errors import DomainError
from referrals.forms import shown_token
from referrals.models import AttributionDecision, Referral, ReferralEvent, Visit
from referrals.services.attribution import LADDER as RUNGS, Evidence, Friend, Terms, attribution_decide
from referrals.services.events import COUPON_OWNERS
from referrals.services.referrals import referral_heard, referral_move, referral_reassign
from tests.cast import BEN, LENA, NOOR, OMAR, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.referrals.attribution_cases import CASES, LADDER, Case

PEOPLE = {"lena": LENA, "omar": OMAR, "ben": BEN}
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class World:
    """Two campaigns, three links in each, a clock, and one device."""

    def __init__(self, case: Case, client: Client, maya: User, monkeypatch: pytest.MonkeyPatch) -> None:
        self.start = self.now = clock.now()
        self.client, self.maya, self.refusal = client, maya, ""
        self.this = campaign_made(slug="this", **case.campaign)
        self.other = campaign_made(slug="other")
        self.secret = api_key_create(name="Shop", source="shop", scope="write", now=self.now)[1]
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(COUPON_OWNERS, "_entries", {"test": self.owner_of})
        self.sales = 0

    def live(self, story: str) -> None:
        for step in story.split("; "):
            moment, verb, *words = step.split()
            self.now = self.start + offset(moment)
            named = dict(word.split("=") for word in words if "=" in word)
            plain = [word for word in words if "=" not in word]
            act: Callable[..., str] = getattr(self, verb)
            self.refusal = act(*plain, **named) or ""

    def link(self, who: str) -> Enrolment:
        name, _at, other = who.partition("@")
        return enrolled(self.other if other else self.this, now=self.start, person=PEOPLE[name])

    def code(self, who: str) -> str:
        return self.link(who).code if who.partition("@")[0] in PEOPLE else who

    # --- what happens ---

    def visit(self, who: str, **headers: str) -> str:
        answer = self.client.get(f"/r/{self.code(who)}?c=whatsapp", headers=headers)
        assert answer.status_code == 302
        return ""

    def image(self, who: str) -> str:
        return self.visit(who, **{"sec-fetch-dest": "image"})

    def private(self, who: str) -> str:
        return self.visit(who, **{"sec-gpc": "1"})

    def form(self, code: str = "", link: str = "") -> str:
        path = f"/c/this/?r={self.code(link)}" if link else "/c/this/"
        shown = shown_token(self.now - timedelta(seconds=9))
        answers = {"name": BEN.name, "email": BEN.email, "consent": "on", "shown": shown}
        before = set(ReferralEvent.objects.values_list("pk", flat=True))
        self.client.post(path, answers | ({"code": self.code(code)} if code else {}))
        refused = ReferralEvent.objects.exclude(pk__in=before).filter(type="claim_refused").first()
        return str(refused.metadata["code"]) if refused else ""

    def sale(self, code: str = "", coupon: str = "", campaign: str = "") -> str:
        self.sales += 1
        friend = {"email": BEN.email}
        body: dict[str, Any] = {"event_id": f"order-{self.sales}", "type": "purchase", "friend": friend}
        body |= {"amount": 5_000, "currency": "USD", "campaign": campaign, "coupon": coupon}
        answer = self.post("events", body | {"referral_code": self.code(code) if code else ""})
        return ReferralEvent.objects.get(public_id=answer["id"]).reason

    def refund(self) -> str:
        self.post("refunds", {"event_id": f"back-{self.sales}", "refunds": f"order-{self.sales}"})
        return ""

    def submit(self, who: str) -> str:
        link = self.link(who)
        body = {"referral_code": link.code, "friend": {"email": BEN.email, "name": BEN.name}}
        return str(self.post(f"campaigns/{link.campaign.slug}/referrals", body).get("code", ""))

    def staff(self, who: str) -> str:
        friend = ContactFacts(email=BEN.email, name=BEN.name)
        said: dict[str, Any] = {
            "campaign": self.this,
            "advocate": self.code(who),
            "friend": friend,
            "consent": None,
            "note": "",
        }
        return self.refused(lambda: referral_heard(**said, actor=self.maya, now=self.now))

    def reassign(self, who: str) -> str:
        link, referral = self.link(who), self.referral()
        return self.refused(
            lambda: referral_reassign(
                referral=referral, enrolment=link, actor=self.maya, reason="She told us", now=self.now
            )
        )

    def lost(self) -> str:
        referral_move(referral=self.referral(), to="lost", actor=self.maya, reason="Budget", now=self.now)
        return ""

    def reject(self) -> str:
        referral_move(referral=self.referral(), to="rejected", actor=self.maya, reason="Twice", now=self.now)
        return ""

    def customer(self) -> str:
        contact_of(BEN, purchases_count=2)
        return ""

    def off(self, who: str) -> str:
        Enrolment.objects.filter(pk=self.link(who).pk).update(status=Enrolment.Status.DISABLED)
        return ""

    def end(self) -> str:
        Campaign.objects.filter(slug="this").update(status=Campaign.Status.ENDED)
        return ""

    def pause(self) -> str:
        Campaign.objects.filter(slug="this").update(status=Campaign.Status.PAUSED)
        return ""

    def merge(self, who: str) -> str:
        contacts_merge(kept=contact_of(NOOR), gone=contact_of(PEOPLE[who]), actor=self.maya, reason="", now=self.now)
        return ""

    # --- how it is told ---

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.secret}"}
        answer = Client().post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, act: Callable[[], object]) -> str:
        try:
            act()
        except DomainError as refusal:
            return str(refusal.code)
        return ""

    def owner_of(self, code: str) -> Referral | None:
        """Each advocate has brought Noor or Sofía before, whose coupon bears the advocate's name."""
        if code not in PEOPLE:
            return None
        link = self.link(code)
        friend = type(NOOR)(f"Friend of {code}", f"friend-of-{code}@mail.example")
        return Referral.objects.filter(enrolment=link).exclude(friend__keys__value=BEN.email).first() or referred(
            link, now=self.start, person=friend
        )

    def referral(self) -> Referral:
        return Referral.objects.get(campaign=self.this, friend=contact_of(BEN))

    def outcome(self) -> str:
        found = Referral.objects.filter(campaign=self.this, friend=contact_of(BEN)).first()
        who = f"{self.who(found.enrolment)} by {found.method}" if found else "nobody"
        return f"{who}: {self.refusal}" if self.refusal else who

    def who(self, enrolment: Enrolment) -> str:
        codes = {self.link(name).code: name for name in PEOPLE} | {
            self.link(f"{name}@other").code: name for name in PEOPLE
        }
        return codes[enrolment.code]

    def losers(self) -> str:
        decision = AttributionDecision.objects.filter(referral=self.referral()).latest("pk")
        assert decision.candidates[0]["won"]
        assert (decision.enrolment, decision.method) == (self.referral().enrolment, self.referral().method)
        lost = [each for each in decision.candidates if not each["won"]]
        names = [self.who(Enrolment.objects.get(public_id=each["enrolment"])) for each in lost]
        return ", ".join(f"{name} {each['code']}" for name, each in zip(names, lost, strict=True))


def offset(moment: str) -> timedelta:
    parts = re.findall(r"(\d+)([dhms])", moment)
    return timedelta(**{UNITS[unit]: int(number) for number, unit in parts})


def test_the_table_has_at_least_sixty_rows() -> None:
    assert len(CASES) + len(LADDER) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_who_gets_the_credit(
    case: Case, client: Client, maya: User, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(case, client, maya, monkeypatch)

    world.live(case.story)

    assert world.outcome() == case.comes_of_it
    if not case.comes_of_it.startswith("nobody"):
        assert world.losers() == case.losers
    assert Visit.objects.count() == len(re.findall(r"visit|image|private", case.story))


NOW = datetime.fromisoformat("2026-11-16T12:00:00+00:00")


@pytest.mark.parametrize(("evidence", "winner", "losers"), LADDER)
def test_the_ladder(evidence: str, winner: str, losers: str) -> None:
    pieces = [Evidence(method, who, who, "this") for method, who in (piece.split() for piece in evidence.split(", "))]
    terms = Terms("this", Campaign.Touch.LAST, timedelta(days=90))

    decision = attribution_decide(pieces, terms=terms, friend=Friend(), now=NOW)

    assert decision.winner
    assert f"{decision.winner.enrolment} by {decision.winner.method}" == winner
    lost = [f"{each.evidence.enrolment} {each.code}" for each in decision.candidates[1:]]
    assert ", ".join(lost) == losers


@pytest.mark.parametrize(
    ("friend", "refusal"),
    [
        (Friend(key="lena"), "self_referral"),
        (Friend(came_by="omar"), "already_referred"),
        (Friend(is_known_customer=True), "existing_customer"),
    ],
)
def test_nobody_gets_the_credit_and_each_piece_says_why(friend: Friend, refusal: str) -> None:
    pieces = [Evidence("code", "lena", "lena", "this"), Evidence("claim", "omar", "omar", "this")]
    terms = Terms("this", Campaign.Touch.LAST, timedelta(days=90))

    decision = attribution_decide(pieces, terms=terms, friend=friend, now=NOW)

    assert (decision.winner, decision.refusal) == (None, refusal)
    assert [each.code for each in decision.candidates] == [refusal, "outranked"]


def test_every_method_has_its_rung() -> None:
    assert sorted(RUNGS) == sorted(Referral.Method.values)
