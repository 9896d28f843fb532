"""What campaigns refuse, one class a rule."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError


class CampaignNotOpen(DomainError):
    """The campaign takes nobody now: draft, paused, ended, or outside its dates."""

    code = "campaign_not_open"
    status = 409


class CampaignNotReady(DomainError):
    """Something is missing before a campaign may start; `reasons` are sentences."""

    code = "campaign_not_ready"


class CopyMissing(DomainError):
    code = "copy_missing"


class NotEligible(DomainError):
    """This person cannot be an advocate of this campaign; `reasons` are codes."""

    code = "not_eligible"


class LinkUsed(DomainError):
    """A sign-in link that is unknown, used or too old: nobody is told which."""

    code = "link_used"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This link has been used or is too old."))


class SurveyClosed(DomainError):
    """The link of a survey is unknown, too old, or of somebody who was erased: nobody is told which."""

    code = "survey_closed"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This survey is over."))


class PlacesMissing(DomainError):
    code = "places_missing"

    def __init__(self) -> None:
        super().__init__(_("Choose at least one place where we may show your words."), field="places")


class BadApiKey(DomainError):
    """Unknown, revoked or run out: nobody is told which."""

    code = "bad_api_key"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("This key is not known here."))


class IdempotencyKeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 409


class UnknownCode(DomainError):
    code = "unknown_code"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("This campaign has no such referral code."))
