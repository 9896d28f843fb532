from django.urls import path

from rewards.portal import wallet
from rewards.views import payout_method
from rewards.views.coupon import coupon

app_name = "rewards"

urlpatterns = [
    path("coupon/<str:token>/", coupon, name="coupon"),
    path("portal/rewards/", wallet, name="wallet"),
    path("portal/payout-method/", payout_method.payout_method, name="payout_method"),
    path("portal/payout-method/again/", payout_method.sign_in_again, name="payout_method_again"),
]
