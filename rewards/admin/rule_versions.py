"""The versions of a rule: whom the one that stands has promised something, and what each changed, in words."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _, ngettext

from advocates.admin.detail import moment, step
from config.lib import clock
from referrals.models import Referral
from rewards.models import RewardRule
from rewards.services.rules import is_in_use
from rewards.words import staff_sentences


def version_note(rule: RewardRule) -> str:
    """What saving a change will do, before it is saved."""
    if not is_in_use(rule):
        return _("Nobody relies on this rule yet: what you save takes its place.")
    numbers = {"next": rule.version + 1, "this": rule.version}
    head = _("Version %(next)s from now on.") % numbers
    if rule.campaign.quote_days == 0:
        return f"{head} " + _("It counts for everybody: this campaign promises what stands on the day.")
    friends = friends_promised(rule)
    if not friends:
        return f"{head} " + _("Nobody has signed up under version %(this)s yet.") % numbers
    promised = ngettext(
        "%(count)s friend who signed up before is paid by version %(this)s.",
        "%(count)s friends who signed up before are paid by version %(this)s.",
        friends,
    )
    return f"{head} " + promised % (numbers | {"count": friends})


def retired_note(rule: RewardRule) -> str:
    """Who is still paid by a rule that nobody new is paid by."""
    if rule.campaign.quote_days == 0:
        return _("This campaign promises what stands on the day: nobody else is paid by it either.")
    friends = friends_promised(rule)
    told = ngettext(
        "%(count)s friend who signed up before is paid by it.",
        "%(count)s friends who signed up before are paid by it.",
        friends,
    )
    return told % {"count": friends}


def friends_promised(rule: RewardRule) -> int:
    """Who came in while this version stood, and whose promise still does."""
    now = clock.now()
    came = Referral.objects.filter(campaign=rule.campaign, submitted_at__gte=rule.valid_from, credit_until__gt=now)
    if rule.superseded_at:
        came = came.filter(submitted_at__lt=rule.superseded_at)
    if days := rule.campaign.quote_days:
        came = came.filter(submitted_at__gt=now - timedelta(days=days))
    return came.count()


def versions_of(rule: RewardRule) -> list[RewardRule]:
    """All of them, the newest first, with what their sentences need."""
    versions = RewardRule.objects.filter(campaign=rule.campaign, key=rule.key).order_by("-version")
    return list(versions.select_related("campaign", "budget").prefetch_related("amounts", "conditions", "limits"))


def version_steps(versions: Sequence[RewardRule]) -> list[dict[str, Any]]:
    """For the page's story: each version with the sentences that are new in it and those that went."""
    told = [staff_sentences(version) for version in versions]
    return [
        _step(version, sentences, told[place + 1] if place + 1 < len(told) else None)
        for place, (version, sentences) in enumerate(zip(versions, told, strict=True))
    ]


def _step(version: RewardRule, sentences: list[str], before: list[str] | None) -> dict[str, Any]:
    title = _("Version %(number)s") % {"number": version.version}
    until = _("until %(moment)s") % {"moment": moment(version.superseded_at)} if version.superseded_at else ""
    shown = step(version.valid_from, title, icon="file-text", who=until, tone="" if version.superseded_at else "accent")
    if before is None:
        return shown | {"is_first": True, "came": sentences, "went": []}
    came = [sentence for sentence in sentences if sentence not in before]
    went = [sentence for sentence in before if sentence not in sentences]
    return shown | {"is_first": False, "came": came, "went": went}
