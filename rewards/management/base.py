from pathlib import Path

from django.core.management.base import CommandError

from campaigns.models import Campaign
from config.lib.errors import DomainError


def campaign_named(slug: str) -> Campaign:
    """Raises CommandError, with the addresses that there are."""
    campaign = Campaign.objects.filter(slug=slug).first()
    if campaign is None:
        known = ", ".join(Campaign.objects.order_by("slug").values_list("slug", flat=True)[:50]) or "none"
        raise CommandError(f"There is no campaign “{slug}”. Campaigns here: {known}.")
    return campaign


def read_text(path: Path, *, most: int) -> str:
    """The file as UTF-8. Raises CommandError for what cannot be read, or is larger than `most` bytes."""
    try:
        if path.stat().st_size > most:
            raise CommandError(f"{path} is larger than {most >> 20} MB.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not text in UTF-8.") from error


def refusal_lines(refusal: DomainError) -> str:
    """Each reason on its line."""
    return "\n".join(map(str, refusal.extra.get("reasons") or [refusal]))
