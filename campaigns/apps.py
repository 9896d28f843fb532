from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from advocates.circle import SIGNALS
        from advocates.jobs import job_register
        from advocates.people import personal_data_register
        from advocates.segments.registry import segment_fields_register
        from advocates.segments.uses import SEGMENT_USES
        from advocates.services.erasure import FILE_TRACES
        from campaigns import receivers  # noqa: F401 - connects
        from campaigns.circle_signals import CAMPAIGN_SIGNALS
        from campaigns.jobs import CAMPAIGN_JOBS
        from campaigns.mails import CAMPAIGN_MAILS
        from campaigns.messaging.mails import MAILS
        from campaigns.messaging.traces import mails_forget
        from campaigns.personal import PERSONAL
        from campaigns.segment_fields import CAMPAIGN_FIELDS, segment_uses
        from campaigns.services.campaigns import (
            ACTIVATION_CHECKS,
            conversion_events_check,
            main_copy_check,
            postal_address_check,
        )

        personal_data_register(*PERSONAL)
        FILE_TRACES.register("mail files", mails_forget)
        for signal in CAMPAIGN_SIGNALS:
            SIGNALS.register(signal.name, signal)
        for mail in CAMPAIGN_MAILS:
            MAILS.register(mail.name, mail)
        segment_fields_register(*CAMPAIGN_FIELDS)
        SEGMENT_USES.register("campaigns", segment_uses)
        for job in CAMPAIGN_JOBS:
            job_register(job)
        ACTIVATION_CHECKS.register("postal_address", postal_address_check)
        ACTIVATION_CHECKS.register("main_copy", main_copy_check)
        ACTIVATION_CHECKS.register("conversion_events", conversion_events_check)
        self.testimonials_ready()
        self.person_ready()
        self.your_data_ready()

    def testimonials_ready(self) -> None:
        from advocates.admin.person import PERSON_PANELS, PERSON_STORIES, PersonPanel, PersonStory
        from campaigns.admin.testimonial import testimonials_panel, testimonials_story
        from campaigns.portal.shell import PANELS
        from campaigns.portal.testimonial import testimonial_panel

        may_see = "campaigns.view_testimonial"
        panel = PersonPanel("testimonials", _("Testimonials"), may_see, testimonials_panel)
        PERSON_PANELS.register("testimonials", panel)
        PERSON_STORIES.register("testimonials", PersonStory(may_see, testimonials_story))
        PANELS.register("testimonial", testimonial_panel)

    def person_ready(self) -> None:
        from advocates.admin import person
        from campaigns.admin import person as own

        for verb in own.PERSON_VERBS:
            person.PERSON_VERBS.register(verb.name, verb)
        links, mails = "campaigns.view_enrolment", "campaigns.view_outboundmessage"
        for panel in (
            person.PersonPanel("enrolments", _("Links and codes"), links, own.enrolments_panel),
            person.PersonPanel("mails", _("Asks and mails"), mails, own.mails_panel),
        ):
            person.PERSON_PANELS.register(panel.name, panel)
        person.PERSON_STORIES.register("enrolments", person.PersonStory(links, own.enrolments_story))
        person.PERSON_STORIES.register("mails", person.PersonStory(mails, own.mails_story))
        person.PERSON_ROLES.register("advocate", person.PersonRole(links, own.advocate_role))

    def your_data_ready(self) -> None:
        from campaigns.portal.shell import SETTINGS_SECTIONS
        from campaigns.portal.your_data import your_data_section

        SETTINGS_SECTIONS.register("your_data", your_data_section)
