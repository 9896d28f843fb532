"""The console: verbs go through services, secrets are shown once, hostile texts are refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import AuditEntry, CircleChoice, Contact, User
from campaigns.models import ApiKey, Campaign, Company, Enrolment, MessageTemplate, OutboundMessage
from campaigns.services.api_keys import api_key_check
from config.lib import clock
from tests.factories.campaigns import campaign_made

pytestmark = pytest.mark.django_db


@pytest.fixture
def console(client: Client, company: Company) -> Client:
    boss = User.objects.create_superuser("boss@fernway.example", "x", name="Boss")
    client.force_login(boss)
    return client


def page(model: str, name: str, *args: Any) -> str:
    return reverse(f"admin:campaigns_{model}_{name}", args=args)


def do(console: Client, row: Any, verb: str, **data: Any) -> Any:
    return console.post(page(row._meta.model_name, "verb", row.pk, verb), data, follow=True)


@pytest.mark.parametrize("model", ["brand", "campaign", "enrolment", "outboundmessage", "messagetemplate", "apikey"])
def test_every_list_opens_and_an_empty_one_too(console: Client, model: str) -> None:
    assert console.get(page(model, "changelist")).status_code == 200


@pytest.mark.parametrize("model", ["brand", "campaign", "enrolment", "messagetemplate", "apikey"])
def test_every_form_opens(console: Client, model: str) -> None:
    assert console.get(page(model, "add")).status_code == 200


def test_the_company_is_one_page(console: Client, company: Company) -> None:
    answer = console.get(page("company", "changelist"))
    assert answer.headers["Location"] == page("company", "change", company.pk)
    assert console.get(page("company", "change", company.pk)).status_code == 200
    assert console.get(page("company", "add")).status_code == 403


def test_a_campaign_is_started_paused_and_ended_by_verbs(console: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.services.campaigns.what_is_missing", lambda campaign: [])
    draft = campaign_made(status=Campaign.Status.DRAFT)
    assert console.get(page("campaign", "change", draft.pk)).status_code == 200
    for verb, status in (("activate", "active"), ("pause", "paused"), ("end", "ended")):
        do(console, draft, verb, reason="enough")
        draft.refresh_from_db()
        assert draft.status == status
    assert AuditEntry.objects.filter(verb="campaign_moved", reason="enough").count() == 3


def test_what_is_missing_stands_on_the_page(console: Client) -> None:
    draft = campaign_made(status=Campaign.Status.DRAFT, has_texts=False)
    answer = console.get(page("campaign", "change", draft.pk))
    assert "main language" in answer.content.decode()
    do(console, draft, "activate", reason="")
    draft.refresh_from_db()
    assert draft.status == Campaign.Status.DRAFT


def test_the_inner_circle_is_asked_by_a_verb(
    console: Client, campaign: Campaign, omar: Contact, mira: User, now: datetime
) -> None:
    CircleChoice.objects.create(contact=omar, status="member", chosen_by=mira, chosen_at=now)
    answer = do(console, campaign, "ask", who="circle", addresses="")
    assert "One person is asked." in answer.content.decode()
    again = do(console, campaign, "ask", who="circle", addresses="")
    assert "asked not long ago: 1" in again.content.decode()
    assert OutboundMessage.objects.filter(mail="ask").count() == 1


def test_chosen_people_are_asked_by_their_addresses(console: Client, campaign: Campaign, omar: Contact) -> None:
    addresses = "omar@mail.example\nOMAR@mail.example\nnobody@mail.example\nnonsense"
    answer = do(console, campaign, "ask", who="chosen", addresses=addresses)
    assert "not known here: 2" in answer.content.decode()
    assert OutboundMessage.objects.filter(mail="ask").count() == 1


def test_texts_are_written_on_the_campaigns_page(console: Client, campaign: Campaign) -> None:
    address = page("campaign", "change", campaign.pk)
    form = console.get(address).context["adminform"].form
    data = {name: "" if value is None else value for name, value in form.initial.items()}
    events = '["purchase"]'
    data |= {"conversion_events": events, "initial-conversion_events": events, "name": "Renamed"}
    for formset in console.get(address).context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        count = formset.formset.initial_form_count()
        data |= {f"{prefix}-TOTAL_FORMS": count, f"{prefix}-INITIAL_FORMS": count}
    copy = campaign.copies.get()
    data |= {"copies-0-id": copy.pk, "copies-0-campaign": campaign.pk, "copies-0-language": "en"}
    for name in ("intro", "friend_offer", "advocate_offer", "good_fit", "call_to_action", "share_text", "terms"):
        data[f"copies-0-{name}"] = getattr(copy, name)
    data |= {"copies-0-headline": "Better coffee", "copies-0-faq": "[]", "copies-0-quotes": "[]"}
    answer = console.post(address, data)
    assert answer.status_code == 302, answer.context["errors"]
    assert campaign.copies.count() == 2
    assert campaign.copies.get(version=2).headline == "Better coffee"
    assert AuditEntry.objects.get(verb="changed").after == {"name": "Renamed"}


def test_an_advocate_is_entered_and_their_link_switched_off(console: Client, campaign: Campaign, omar: Contact) -> None:
    answer = console.post(page("enrolment", "add"), {"campaign": campaign.pk, "contact": omar.pk})
    assert answer.status_code == 302
    enrolment = Enrolment.objects.get()
    assert enrolment.events.count() == 1
    assert console.get(page("enrolment", "change", enrolment.pk)).status_code == 200
    do(console, enrolment, "switch_off", reason="leaked")
    enrolment.refresh_from_db()
    assert enrolment.status == Enrolment.Status.DISABLED


def test_a_closed_campaign_is_refused_beside_the_form(console: Client, campaign: Campaign, omar: Contact) -> None:
    Campaign.objects.update(status=Campaign.Status.PAUSED)
    answer = console.post(page("enrolment", "add"), {"campaign": campaign.pk, "contact": omar.pk})
    assert "takes nobody new" in answer.content.decode()
    assert not Enrolment.objects.exists()


def test_a_mail_is_shown_in_a_sandbox(console: Client, campaign: Campaign, omar: Contact) -> None:
    do(console, campaign, "ask", who="chosen", addresses="omar@mail.example")
    message = OutboundMessage.objects.get()
    assert "sandbox=" in console.get(page("outboundmessage", "change", message.pk)).content.decode()
    html = console.get(page("outboundmessage", "html", message.pk))
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    do(console, message, "stop")
    message.refresh_from_db()
    assert message.status == OutboundMessage.Status.STOPPED


def test_a_sign_in_mail_is_shown_to_nobody(console: Client, queue: Callable[..., OutboundMessage]) -> None:
    message = queue()
    assert (
        "https://innercircle.example/x"
        not in console.get(page("outboundmessage", "change", message.pk)).content.decode()
    )
    assert console.get(page("outboundmessage", "html", message.pk)).status_code == 403


def test_a_mail_text_with_a_hostile_placeholder_is_refused(console: Client) -> None:
    texts = {"mail": "ask", "language": "en", "subject": "Hi {name}", "preheader": "", "button": "Go"}
    for hostile in ("{{ company.debit_account_iban }}", "{name.__class__}", "{% include 'x' %}", "{link}"):
        answer = console.post(page("messagetemplate", "add"), texts | {"body": hostile})
        assert answer.status_code == 200
        assert "is not known in this mail" in answer.content.decode()
    assert not MessageTemplate.objects.exists()


def test_a_mail_text_is_saved_and_shown_as_it_will_look(console: Client) -> None:
    texts = {"mail": "ask", "language": "en", "subject": "Hi {name}", "preheader": "", "button": "Go"}
    assert console.post(page("messagetemplate", "add"), texts | {"body": "**{code}** <script>"}).status_code == 302
    template = MessageTemplate.objects.get()
    assert console.get(page("messagetemplate", "change", template.pk)).status_code == 200
    preview = console.get(page("messagetemplate", "preview", template.pk)).content.decode()
    assert "<strong>[code]</strong>" in preview
    assert "<script" not in preview


def test_an_api_key_is_shown_once_and_revoked(console: Client) -> None:
    answer = console.post(page("apikey", "add"), {"name": "Shop", "source": "shop", "scope": "write"})
    secret = answer.context["secret"]
    assert api_key_check(secret=secret, now=clock.now()).name == "Shop"
    assert "no-store" in answer.headers["Cache-Control"]
    key = ApiKey.objects.get()
    assert secret not in console.get(page("apikey", "change", key.pk)).content.decode()
    do(console, key, "revoke")
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_who_may_only_look_does_nothing(client: Client, campaign: Campaign, sam: User) -> None:
    client.force_login(sam)
    for verb in ("pause", "end", "ask"):
        assert client.post(page("campaign", "verb", campaign.pk, verb), {"reason": ""}).status_code in (302, 403)
    campaign.refresh_from_db()
    assert campaign.status == Campaign.Status.ACTIVE
