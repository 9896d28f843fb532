"""Everything about a person, and forgetting them. Both leave a trace: both are a POST and need a key that may write."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from advocates.api import contact_to_write
from advocates.models import Erasure
from advocates.services.erasure import contact_erase
from advocates.services.export import contact_export
from config.lib import clock
from config.lib.schemas import PROBLEM_CODES, Problem, caller

router = Router(tags=["contacts"])


class SectionOut(Schema):
    """The rows of one table; empty where there is nothing."""

    table: str
    title: str
    rows: list[dict[str, Any]]


class ExportOut(Schema):
    """Under one `version`, sections and columns are only ever added. Amounts are minor units of the `unit` beside."""

    format: str
    version: int
    id: str
    exported_at: str
    sections: list[SectionOut]


class ErasureOut(Schema):
    """`id` proves the erasure; `counts` says how many rows of which table, never what stood in them."""

    id: str
    contact: str
    erased_at: str
    counts: dict[str, int]


@router.post(
    "/contacts/{slug:contact_id}/export",
    response={200: ExportOut, PROBLEM_CODES: Problem},
    operation_id="contact_export",
)
def export_post(request: HttpRequest, response: HttpResponse, contact_id: str) -> dict[str, Any]:
    """Everything that stands here about a person, in one document. Nothing in it is about anybody else."""
    response["Cache-Control"] = "private, no-store"  # nor kept for a repeated Idempotency-Key
    return contact_export(contact=contact_to_write(request, contact_id), by=caller(request).source, now=clock.now())


@router.post(
    "/contacts/{slug:contact_id}/erase",
    response={200: ErasureOut, PROBLEM_CODES: Problem},
    operation_id="contact_erase",
)
def erase_post(request: HttpRequest, contact_id: str) -> ErasureOut:
    """Forget a person for good; again gives the first erasure. Purchases, referrals and the books stay, without a name.

    409 `erasure_refused` while a payment to them or an import of them is under way: `reason` says which.
    """
    erasure = contact_erase(
        contact=contact_to_write(request, contact_id), way=Erasure.Way.API, by=caller(request).source, now=clock.now()
    )
    return ErasureOut(
        id=erasure.public_id,
        contact=erasure.contact.public_id,
        erased_at=erasure.erased_at.isoformat(),
        counts=erasure.counts,
    )
