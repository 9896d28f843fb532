from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = _("Referrals")

    def ready(self) -> None:
        from advocates.admin.purchases import PURCHASE_FACTS
        from advocates.circle import OUTCOMES, SIGNALS
        from advocates.jobs import job_register
        from advocates.people import personal_data_register
        from advocates.segments.registry import segment_fields_register
        from advocates.services.returns import RETURN_DOORS
        from campaigns.messaging.mails import MAILS
        from campaigns.portal.shell import NAV, PANELS, NavItem
        from referrals.admin.purchases import referral_fact
        from referrals.circle_signals import REFERRAL_OUTCOMES, REFERRAL_SIGNALS
        from referrals.jobs import REFERRAL_JOBS
        from referrals.mails import REFERRAL_MAILS
        from referrals.personal import PERSONAL
        from referrals.portal import friends_panel
        from referrals.segment_fields import REFERRAL_FIELDS
        from referrals.services.events import refund_of_purchase
        from referrals.story import checks_of, events_of, mails_of
        from referrals.timeline import TIMELINE_SOURCES

        personal_data_register(*PERSONAL)
        for signal in REFERRAL_SIGNALS:
            SIGNALS.register(signal.name, signal)
        for outcome in REFERRAL_OUTCOMES:
            OUTCOMES.register(outcome.name, outcome)
        segment_fields_register(*REFERRAL_FIELDS)
        for mail in REFERRAL_MAILS:
            MAILS.register(mail.name, mail)
        for job in REFERRAL_JOBS:
            job_register(job)
        PANELS.register("friends", friends_panel)
        NAV.register("friends", NavItem(_("Friends"), "referrals:portal_friends", "users"))
        PURCHASE_FACTS.register("referral", referral_fact)
        RETURN_DOORS.register("events", refund_of_purchase)
        TIMELINE_SOURCES.register("events", events_of)
        TIMELINE_SOURCES.register("checks", checks_of)
        TIMELINE_SOURCES.register("mails", mails_of)
        self.person_ready()

    def person_ready(self) -> None:
        from advocates.admin import person
        from referrals.admin import person as own

        may = "referrals.view_referral"
        for panel in (
            person.PersonPanel("given", _("Friends they brought"), may, own.given_panel),
            person.PersonPanel("received", _("By whom they came"), may, own.received_panel),
        ):
            person.PERSON_PANELS.register(panel.name, panel)
        person.PERSON_STORIES.register("referrals", person.PersonStory(may, own.referrals_story))
        person.PERSON_ROLES.register("friend", person.PersonRole(may, own.friend_role))
        person.PERSON_FIGURES.register("referrals", person.PersonFigures(may, own.referral_figures))
