from django.urls import path

from referrals.portal import friends_page
from referrals.views.claim import claim
from referrals.views.home import home
from referrals.views.landing import landing
from referrals.views.redirect import follow
from referrals.views.thanks import thanks

app_name = "referrals"

urlpatterns = [
    path("", home, name="home"),
    path("r/<str:code>", follow, name="follow"),
    path("c/<slug:slug>/", landing, name="landing"),
    path("c/<slug:slug>/thanks/<str:token>/", thanks, name="thanks"),
    path("portal/friends/", friends_page, name="portal_friends"),
    path("portal/friends/claim/", claim, name="portal_claim"),
]
