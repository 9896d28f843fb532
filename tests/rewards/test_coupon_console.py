"""Colleagues make pools, upload the shop's codes, and see who waits."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from advocates.models import AuditEntry, User
from campaigns.models import Campaign
from rewards.models import Coupon, CouponPool, PoolCode
from rewards.services.evaluation import rewards_evaluate
from rewards.services.redeeming import Redeeming, coupon_redeem
from tests.cast import BEN, NOOR
from tests.factories.campaigns import campaign_made
from tests.factories.coupons import shop_pool
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import friend_coupon

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object) -> Campaign:
    made: Campaign = campaign_made()
    return made


@pytest.fixture
def console(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def page(client: Client, row: Any) -> str:
    url = reverse(f"admin:rewards_{row._meta.model_name}_change", args=[row.pk])
    return client.get(url, headers={"accept-language": "en"}).content.decode()


def do(client: Client, row: Any, verb: str, **typed: Any) -> Any:
    url = reverse(f"admin:rewards_{row._meta.model_name}_verb", args=[row.pk, verb])
    return client.post(url, typed, follow=True, headers={"accept-language": "en"})


def typed_pool(campaign: Campaign, **more: Any) -> dict[str, Any]:
    return {"campaign": campaign.pk, "name": "Welcome", "key": "welcome", "kind": "generated"} | more


def test_a_pool_is_made_with_its_terms_as_people_write_them(console: Client, campaign: Campaign) -> None:
    add = reverse("admin:rewards_couponpool_add")
    assert console.get(add).status_code == 200
    bad = typed_pool(campaign, least="75", prefix="TEA!", product_lines="tea")
    assert "Say in which currency" in console.post(add, bad, headers={"accept-language": "en"}).content.decode()
    good = typed_pool(campaign, least="75.50", minimum_unit="USD", prefix="tea-", product_lines="tea\ncups\n")
    console.post(add, good)
    pool = CouponPool.objects.get()
    assert (pool.minimum, pool.minimum_unit, pool.prefix, pool.products) == (7_550, "USD", "TEA", ["tea", "cups"])
    assert "For orders of at least $75.50. Only for tea, cups." in page(console, pool)
    change = reverse("admin:rewards_couponpool_change", args=[pool.pk])
    console.post(change, {"name": "Tea", "least": "", "minimum_unit": "", "prefix": "", "product_lines": ""})
    pool.refresh_from_db()
    assert (pool.name, pool.minimum, pool.products) == ("Tea", None, [])
    assert AuditEntry.objects.filter(verb="coupon_pool_change").count() == 1


def test_codes_are_uploaded_and_go_to_whoever_waits(console: Client, campaign: Campaign, now: datetime) -> None:
    pool = shop_pool(campaign, "", now=now)
    friend_coupon(campaign, now=now, benefit_settings={"pool": "welcome"})
    for person in (BEN, NOOR):
        referred(enrolled(campaign, now=now), now=now, person=person)
    rewards_evaluate(now)
    assert "2 people wait for a code of this pool" in page(console, pool)
    empty = do(console, pool, "upload", codes="")
    assert "Choose a file" in empty.content.decode()

    file = SimpleUploadedFile("codes.csv", b"\xef\xbb\xbfcode\nSHOP-0001\nno code\nSHOP-0001\n")
    said = do(console, pool, "upload", file=file).content.decode()
    assert "1 new code. 1 line holds no code. 1 person who waited got theirs." in said
    assert Coupon.objects.get().code == "SHOP-0001"
    assert "1 person waits" in page(console, pool)
    assert "SHOP-0001" not in page(console, pool)
    listed = console.get(reverse("admin:rewards_couponpool_changelist"), headers={"accept-language": "en"})
    assert listed.status_code == 200

    Coupon.objects.update(status="void", void_reason="refund")
    assert "switch it off in your shop" in page(console, pool)
    assert do(console, pool, "called-back").content.decode().split() == ["code", "SHOP-0001"]
    assert PoolCode.objects.get().coupon is not None


def test_a_colleague_makes_a_coupon_good_again_whose_order_came_to_nothing(
    console: Client, campaign: Campaign, now: datetime
) -> None:
    friend_coupon(campaign, now=now)
    referred(enrolled(campaign, now=now), now=now)
    rewards_evaluate(now)
    coupon = Coupon.objects.get()
    assert "Make it good again" not in page(console, coupon)
    coupon_redeem(redeeming=Redeeming(code=coupon.code, source="shop", event_id="o-1"), now=now)
    assert "shop:o-1" in page(console, coupon)
    do(console, coupon, "give-back", reason="The parcel was never sent")
    again = Coupon.objects.get()
    assert (again.status, again.redeem_key) == ("issued", "")
    assert AuditEntry.objects.get(verb="coupon_give_back").reason == "The parcel was never sent"
