from django.urls import path

from rewards.views import payout_method

app_name = "rewards"

urlpatterns = [
    path("portal/payout-method/", payout_method.payout_method, name="payout_method"),
]
