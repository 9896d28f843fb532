from django.urls import path, re_path

from rewards.portal import wallet
from rewards.views import gifts, payout_method, statement
from rewards.views.choose import choose
from rewards.views.contest import contest, contest_entries
from rewards.views.coupon import coupon
from rewards.views.portal_contests import contests

app_name = "rewards"

urlpatterns = [
    path("coupon/<str:token>/", coupon, name="coupon"),
    path("contests/<slug:public_id>/", contest, name="contest"),
    path("contests/<slug:public_id>/entries.csv", contest_entries, name="contest_entries"),
    path("portal/contests/", contests, name="portal_contests"),
    path("portal/rewards/", wallet, name="wallet"),
    path("portal/rewards/<slug:public_id>/choose/", choose, name="choose"),
    path("portal/rewards/<slug:public_id>/gift/", gifts.gift, name="gift"),
    path("portal/rewards/<slug:public_id>/gift/<slug:item_id>/", gifts.gift_item, name="gift_item"),
    path("portal/catalogue/", gifts.points, name="points"),
    path("portal/catalogue/<slug:item_id>/", gifts.points_item, name="points_item"),
    path("portal/statement/", statement.statement, name="statement"),
    re_path(r"^portal/statement\.(?P<ending>csv|pdf)$", statement.statement_file, name="statement_file"),
    path("portal/payout-method/", payout_method.payout_method, name="payout_method"),
    path("portal/payout-method/again/", payout_method.sign_in_again, name="payout_method_again"),
]
