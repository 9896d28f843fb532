from django.urls import path

from campaigns.portal import testimonial, views as portal, your_data
from campaigns.views import advocate, mailbox, survey, unsubscribe

app_name = "campaigns"

urlpatterns = [
    path("portal/", portal.home, name="portal"),
    path("portal/sign-in/", portal.sign_in, name="portal_sign_in"),
    path("portal/in/<str:token>/", portal.enter, name="portal_enter"),
    path("portal/sign-out/", portal.sign_out, name="portal_sign_out"),
    path("portal/settings/", portal.preferences, name="portal_settings"),
    path("portal/settings/data/", your_data.download, name="portal_data"),
    path("portal/settings/consent/<slug:channel>/", your_data.withdraw, name="portal_consent_withdraw"),
    path("portal/settings/forget/", your_data.forget, name="portal_forget"),
    path("portal/settings/forget/sign-in/", your_data.sign_in_again, name="portal_sign_in_again"),
    path("portal/testimonial/", testimonial.testimonial_page, name="testimonial"),
    path(
        "portal/testimonial/<slug:public_id>/take-back/",
        testimonial.testimonial_take_back,
        name="testimonial_take_back",
    ),
    path("a/<str:token>/", advocate.link_page, name="advocate"),
    path("a/<str:token>/shared/", advocate.share, name="share"),
    path("a/<str:token>/qr.png", advocate.qr, name="qr"),
    path("u/<str:token>/", unsubscribe.preferences, name="unsubscribe"),
    path("survey/<str:token>/", survey.survey, name="survey"),
    path("survey/<str:token>/thanks/", survey.thanks, name="survey_thanks"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<slug:name>/", mailbox.mailbox_message, name="mailbox_message"),
    path("mailbox/<slug:name>/html/", mailbox.mailbox_html, name="mailbox_html"),
]
