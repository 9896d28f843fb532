import re

import pytest
from django.urls import reverse

from advocates.models import Contact, ContactDetails
from campaigns.models import Campaign
from config.navigation import GROUPS
from config.search import FINDERS
from tests.cast import BEN, LENA, contact_of


@pytest.fixture
def sign_in(client):
    def as_colleague(user):
        client.force_login(user)
        return client

    return as_colleague


def groups_seen(page):
    return [str(group["label"]) for group in page.context["navigation"]]


class TestSigningIn:
    def test_the_console_sends_strangers_to_the_sign_in_page(self, client, db):
        answer = client.get("/admin/", follow=True)
        assert answer.redirect_chain[-1][0].startswith("/accounts/login/")

    def test_nobody_signs_up(self, client, db):
        assert b'type="password"' not in client.get("/accounts/signup/").content

    def test_staff_need_a_second_factor_where_that_is_asked_for(self, sign_in, maya, settings):
        settings.STAFF_MFA_REQUIRED = True
        answer = sign_in(maya).get("/admin/")
        assert answer.status_code == 302
        assert answer.url == reverse("mfa_activate_totp")

    def test_who_has_one_works_on(self, sign_in, maya, settings):
        settings.STAFF_MFA_REQUIRED = True
        maya.authenticator_set.create(type="totp", data={"secret": "sealed"})
        assert sign_in(maya).get("/admin/").status_code == 200

    def test_who_lacks_one_can_still_sign_out(self, sign_in, maya, settings):
        settings.STAFF_MFA_REQUIRED = True
        assert sign_in(maya).post(reverse("admin:logout")).status_code == 200

    def test_a_person_who_left_sees_nothing(self, sign_in, maya):
        maya.is_staff = False
        maya.save()
        assert sign_in(maya).get("/admin/", follow=True).status_code == 403


class TestNavigation:
    def test_sales_see_their_work_and_no_machine_room(self, sign_in, maya):
        page = sign_in(maya).get("/admin/")
        assert groups_seen(page)[:3] == ["Today", "Referrals", "People"]
        operations = [item for group in page.context["navigation"] for item in group["items"]]
        assert reverse("admin:advocates_auditentry_changelist") not in [item["url"] for item in operations]

    def test_admins_see_every_group(self, sign_in, ada):
        assert groups_seen(sign_in(ada).get("/admin/")) == ["Today", *(str(group.label) for group in GROUPS)]

    def test_the_page_one_is_on_is_marked(self, sign_in, maya):
        page = sign_in(maya).get(reverse("admin:referrals_referral_changelist"))
        current = [str(group["label"]) for group in page.context["navigation"] if group["current"]]
        assert current == ["Referrals"]

    def test_every_place_in_it_opens(self, sign_in, ada):
        client = sign_in(ada)
        urls = [item["url"] for group in client.get("/admin/").context["navigation"] for item in group["items"]]
        assert {url: client.get(url, follow=True).status_code for url in urls} == dict.fromkeys(urls, 200)

    def test_a_page_of_the_console_has_no_inline_script_or_style(self, sign_in, ada):
        page = sign_in(ada).get("/admin/").content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|<style|\son[a-z]+=", page)


class TestToday:
    def test_sales_see_what_waits_and_nothing_of_money(self, sign_in, maya, company):
        today = sign_in(maya).get("/admin/").context["today"]
        titles = [part["title"] for part in today["cards"] + today["lists"]]
        assert "New referrals waiting" in titles
        assert "Owed to advocates" not in titles
        assert today["greeting"] == "Hello, Maya Okafor"

    def test_finance_see_rewards_runs_and_the_ledger(self, sign_in, tom, company):
        today = sign_in(tom).get("/admin/").context["today"]
        titles = [part["title"] for part in today["cards"] + today["lists"]]
        assert {"Rewards to approve", "Owed to advocates", "Ledger", "Payout runs to take further"} <= set(titles)

    def test_a_new_installation_is_told_where_to_begin(self, sign_in, ada):
        steps = [step["title"] for step in sign_in(ada).get("/admin/").context["today"]["next_steps"]]
        assert steps[:2] == ["Say who you are", "Start a campaign"]


class TestSearch:
    @pytest.fixture
    def find(self, sign_in, ada):
        client = sign_in(ada)

        def find(query):
            groups = client.get(reverse("admin:search"), {"q": query}).context["groups"]
            return {str(group["label"]): [row["title"] for row in group["rows"]] for group in groups}

        return find

    @pytest.fixture
    def lena(self, company):
        return contact_of(LENA)

    @pytest.mark.parametrize(
        "query",
        ["Lena", "vogt", "LENA.VOGT@posteo.example", "+49 30 901820", LENA.external_id, "  lena   vogt "],
    )
    def test_a_person_is_found_by_whatever_one_knows(self, find, lena, query):
        assert find(query)["People"] == [LENA.name]

    def test_a_person_is_found_by_public_id(self, find, lena):
        assert find(lena.public_id)["People"] == [LENA.name]

    def test_an_address_is_found_however_its_owner_writes_it(self, find, company):
        contact_of(BEN)
        assert find("B.e.n.Carter+shop@googlemail.com")["People"] == [BEN.name]

    def test_what_begins_so_stands_before_what_holds_it(self, find, lena):
        for name in ("Helena Marsh", "Lena Adler"):
            ContactDetails.objects.create(contact=Contact.objects.create(), name=name)
        assert find("lena")["People"] == ["Lena Adler", "Lena Vogt", "Helena Marsh"]

    def test_a_campaign_is_found_by_name_and_address(self, find, company):
        Campaign.objects.create(slug="spring", name="Friends of spring")
        assert find("spring")["Campaigns"] == find("friends")["Campaigns"] == ["Friends of spring"]

    @pytest.mark.parametrize("query", ["", "x", "%", "no such thing", "\x00", "' OR 1=1 --", "x" * 5000])
    def test_nothing_is_found_for_nothing(self, find, lena, query):
        assert find(query) == {}

    def test_nobody_finds_what_they_may_not_see(self, sign_in, lena, maya):
        maya.groups.clear()
        groups = sign_in(maya).get(reverse("admin:search"), {"q": "Lena"}).context["groups"]
        assert groups == []

    def test_the_search_asks_a_few_questions_only(self, find, lena, django_assert_max_num_queries):
        with django_assert_max_num_queries(len(FINDERS) + 12):
            find("lena")
