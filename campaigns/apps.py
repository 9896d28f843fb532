from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from advocates.circle import SIGNALS
        from advocates.jobs import job_register
        from advocates.people import personal_data_register
        from advocates.services.erasure import FILE_TRACES
        from campaigns import receivers  # noqa: F401 - connects
        from campaigns.circle_signals import CAMPAIGN_SIGNALS
        from campaigns.jobs import CAMPAIGN_JOBS
        from campaigns.mails import CAMPAIGN_MAILS
        from campaigns.messaging.mails import MAILS
        from campaigns.messaging.traces import mails_forget
        from campaigns.personal import PERSONAL
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
        for job in CAMPAIGN_JOBS:
            job_register(job)
        ACTIVATION_CHECKS.register("postal_address", postal_address_check)
        ACTIVATION_CHECKS.register("main_copy", main_copy_check)
        ACTIVATION_CHECKS.register("conversion_events", conversion_events_check)
