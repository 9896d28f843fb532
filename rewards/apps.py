from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = _("Rewards")

    def ready(self) -> None:
        self.rewards_ready()
        self.payouts_ready()
        self.promises_ready()
        self.personal_ready()
        self.segments_ready()
        self.person_ready()
        self.contests_ready()

    def segments_ready(self) -> None:
        from advocates.segments.registry import segment_fields_register
        from advocates.segments.uses import SEGMENT_USES
        from rewards.segment_fields import REWARD_FIELDS, segment_uses

        segment_fields_register(*REWARD_FIELDS)
        SEGMENT_USES.register("rules", segment_uses)

    def personal_ready(self) -> None:
        from advocates.people import personal_data_register
        from advocates.services.erasure import OPEN_MATTERS
        from rewards.personal import PERSONAL
        from rewards.services.open_matters import money_matters

        personal_data_register(*PERSONAL)
        OPEN_MATTERS.register("money", money_matters)

    def rewards_ready(self) -> None:
        from advocates.jobs import job_register
        from campaigns.messaging.mails import MAILS
        from campaigns.portal.shell import NAV, PANELS, NavItem
        from campaigns.services.campaigns import ACTIVATION_CHECKS
        from referrals.blocks import LANDING_BLOCKS, THANKS_BLOCKS
        from referrals.services.events import COUPON_OWNERS
        from referrals.services.referrals import REASSIGN_GUARDS, REASSIGN_STAKES
        from referrals.timeline import TIMELINE_SOURCES
        from rewards import receivers  # noqa: F401 - connects
        from rewards.blocks import coupon_block, terms_block
        from rewards.budget_mails import BUDGET_MAILS
        from rewards.checks import rules_check
        from rewards.coupon_mails import COUPON_MAILS
        from rewards.gift_mails import GIFT_MAILS
        from rewards.gift_pages import points_panel
        from rewards.jobs import REWARD_JOBS
        from rewards.ledger.guards import ledger_guards_register
        from rewards.mails import REWARD_MAILS
        from rewards.portal import wallet_panel
        from rewards.reassign_guard import reassign_guard, reassign_stake
        from rewards.selectors import coupon_owner
        from rewards.story import rewards_of
        from rewards.tier_mails import TIER_MAILS
        from rewards.tier_portal import tiers_panel

        ledger_guards_register()
        for mail in (*REWARD_MAILS, *BUDGET_MAILS, *TIER_MAILS, *GIFT_MAILS, *COUPON_MAILS):
            MAILS.register(mail.name, mail)
        for job in REWARD_JOBS:
            job_register(job)
        ACTIVATION_CHECKS.register("rules", rules_check)
        COUPON_OWNERS.register("coupons", coupon_owner)
        REASSIGN_GUARDS.register("rewards", reassign_guard)
        REASSIGN_STAKES.register("rewards", reassign_stake)
        THANKS_BLOCKS.register("coupon", coupon_block)
        LANDING_BLOCKS.register("rules", terms_block)
        TIMELINE_SOURCES.register("rewards", rewards_of)
        PANELS.register("rewards", wallet_panel)
        PANELS.register("tiers", tiers_panel)
        PANELS.register("points", points_panel)
        NAV.register("rewards", NavItem(_("Rewards"), "rewards:wallet", "gift"))

    def promises_ready(self) -> None:
        from advocates.admin import person
        from advocates.api import TIERS
        from campaigns.portal.shell import PROMISES
        from referrals.blocks import LANDING_BLOCKS
        from rewards.admin.person_tier import tier_figures, tier_story
        from rewards.promises import promise_block, region_block
        from rewards.tiers import tier_key

        PROMISES.register("rewards", promise_block)
        LANDING_BLOCKS.register("regions", region_block)
        TIERS.register("tiers", tier_key)
        person.PERSON_STORIES.register("tiers", person.PersonStory("rewards.view_reward", tier_story))
        person.PERSON_FIGURES.register("tier", person.PersonFigures("rewards.view_reward", tier_figures))

    def payouts_ready(self) -> None:
        from advocates.jobs import Job, job_register
        from campaigns.messaging.mails import MAILS
        from campaigns.portal.shell import PANELS, SETTINGS_SECTIONS
        from rewards.payout_mails import PAYOUT_MAILS
        from rewards.services.payouts import payouts_prepare
        from rewards.views.payout_method import payout_hint, payout_section

        for mail in PAYOUT_MAILS:
            MAILS.register(mail.name, mail)
        PANELS.register("payout_method", payout_hint)
        SETTINGS_SECTIONS.register("payout_method", payout_section)
        job_register(
            Job(
                name="payouts_prepare",
                run=payouts_prepare,
                every=timedelta(days=1),
                comment="A draft for each currency; people approve when they like. Late costs a day of waiting.",
            )
        )

    def contests_ready(self) -> None:
        from advocates.people import personal_data_register
        from campaigns.messaging.mails import MAILS
        from campaigns.portal.shell import PANELS
        from campaigns.services.campaigns import ACTIVATION_CHECKS
        from referrals.blocks import LANDING_BLOCKS
        from rewards.blocks import fundraiser_block
        from rewards.checks import causes_check, contests_check
        from rewards.contest_mails import CONTEST_MAILS
        from rewards.contest_people import CONTEST_PERSONAL
        from rewards.views.portal_contests import contests_panel

        for mail in CONTEST_MAILS:
            MAILS.register(mail.name, mail)
        personal_data_register(*CONTEST_PERSONAL)
        ACTIVATION_CHECKS.register("contests", contests_check)
        ACTIVATION_CHECKS.register("causes", causes_check)
        LANDING_BLOCKS.register("fundraiser", fundraiser_block)
        PANELS.register("contests", contests_panel)

    def person_ready(self) -> None:
        from advocates.admin import person
        from rewards.admin import person as own

        may, books = "rewards.view_reward", "rewards.view_account"
        for panel in (
            person.PersonPanel("rewards", _("Rewards"), may, own.rewards_panel),
            person.PersonPanel("balance", _("Balance by unit"), books, own.balance_panel),
        ):
            person.PERSON_PANELS.register(panel.name, panel)
        person.PERSON_FACTS.register("rewards_why", own.why_facts)
        person.PERSON_STORIES.register("rewards", person.PersonStory(may, own.rewards_story))
        person.PERSON_FIGURES.register("balance", person.PersonFigures(books, own.balance_figures))
