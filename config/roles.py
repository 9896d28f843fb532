"""What staff of each role may do: Django groups, whose permissions are patterns of `app.codename`.

Only added to, never taken from: an installation that wants less makes groups of its own.
"""

import fnmatch

from django.contrib.auth.models import Group, Permission

EVERYBODY = (
    "advocates.view_contact*",
    "advocates.view_purchase",
    "advocates.view_consent",
    "advocates.view_circle*",
    "advocates.view_segment*",
    "advocates.view_moment",
    "advocates.view_npsanswer",
    "advocates.view_customer*",
    "campaigns.view_campaign*",
    "campaigns.view_testimonial",
    "campaigns.view_company",
    "campaigns.view_brand",
    "campaigns.view_enrolment*",
    "campaigns.view_outboundmessage",
    "campaigns.view_messageevent",
    "referrals.view_*",
    "rewards.view_reward*",
    "rewards.view_coupon*",
    "rewards.view_contest",
    "rewards.view_charity",
    "rewards.view_fundraiser",
    "rewards.view_catalogueitem",
    "rewards.view_giftorder",
)

ROLES: dict[str, tuple[str, ...]] = {
    "sales": (
        *EVERYBODY,
        "advocates.add_contact",
        "advocates.change_contact*",
        "advocates.*_circlechoice",
        "advocates.*_moment",
        "advocates.*_npsanswer",
        "advocates.*_importrun",
        "advocates.change_contactpair",
        "campaigns.add_enrolment",
        "campaigns.change_enrolment",
        "referrals.add_referral",
        "referrals.change_referral",
        "referrals.change_claim",
    ),
    "support": (
        *EVERYBODY,
        "advocates.change_contact*",
        "advocates.*_moment",
        "advocates.*_npsanswer",
        "advocates.view_suppression",
        "advocates.add_suppression",
        "advocates.*_erasure",
        "advocates.change_purchase",
        "campaigns.change_enrolment",
        "campaigns.change_outboundmessage",
        "referrals.change_claim",
        "rewards.change_coupon",
        # They ask; whoever decides is somebody of finance.
        "rewards.view_byhand",
        "rewards.ask_by_hand",
        "rewards.change_giftorder",
    ),
    "marketing": (
        *EVERYBODY,
        "advocates.*_circle*",
        "advocates.*_importrun",
        "advocates.*_segment*",
        "advocates.*_moment",
        "advocates.*_npsanswer",
        "campaigns.*_npssurvey",
        "campaigns.*_testimonial",
        "campaigns.*_campaign*",
        "campaigns.*_brand",
        "campaigns.*_messagetemplate",
        "campaigns.*_enrolment",
        "campaigns.change_company",
        "rewards.*_rewardrule",
        "rewards.*_ruleamount",
        "rewards.*_condition",
        "rewards.*_limit",
        "rewards.*_tier",
        "rewards.*_tierpolicy",
        "rewards.view_tiermove",
        "rewards.*_contest",
        "rewards.view_contestentry",
        "rewards.*_charity",
        "rewards.view_donation",
        "rewards.*_fundraiser",
        "rewards.*_catalogueitem",
        "rewards.*_couponpool",
        "rewards.change_giftorder",
        "rewards.*_demandrate",
        "rewards.view_budget*",
    ),
    "finance": (
        *EVERYBODY,
        "advocates.view_auditentry",
        "advocates.change_purchase",
        "rewards.view_*",
        "rewards.change_reward",
        "rewards.change_giftorder",
        "rewards.add_giftcode",
        "rewards.add_payoutrun",
        "rewards.change_payout*",
        # Either of two colleagues may prepare or approve; that it is never the same one holds the database.
        "rewards.prepare_payouts",
        "rewards.approve_payouts",
        "rewards.add_donation",
        "rewards.change_charity",
        "rewards.draw_contest",
        "rewards.add_budget",
        "rewards.change_budget",
        "rewards.ask_by_hand",
        "rewards.decide_by_hand",
        "rewards.*_moneypolicy",
    ),
    "admin": (
        "advocates.*",
        "campaigns.*",
        "referrals.*",
        "rewards.*",
        "auth.view_group",
        "django_celery_beat.*_periodictask",
        "django_celery_beat.*_intervalschedule",
    ),
}


def create_roles() -> None:
    """Makes the groups and grants what they lack. Nothing is deleted by hand, so nobody is given leave to."""
    grantable = Permission.objects.select_related("content_type").exclude(codename__startswith="delete_")
    known = {f"{row.content_type.app_label}.{row.codename}": row for row in grantable}
    for role, patterns in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        wanted = {name for pattern in patterns for name in fnmatch.filter(known, pattern)}
        group.permissions.add(*(known[name] for name in wanted))
