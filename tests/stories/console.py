"""What colleagues do in the console: look somebody up, press a button, read what it says."""

import re
from typing import Any
from urllib.parse import urlencode

from tests.installation import Installation
from tests.pages import Page, Visitor

PASSWORD = "coffee for everybody"  # as demo_data prints it
# A row of the books: kind of account, whose it is, balance in words, the party's number.
BALANCE = re.compile(r"^(?P<kind>[^·]+) · .+ (?P<balance>-?\D[\d.,]+) (?:con|cam)_\w+$")


def sign_in(house: Installation, name: str) -> Visitor:
    """A colleague of the demo by first name: maya (sales), mira (marketing), tom (finance), ada (administrator)."""
    return house.staff(f"{name}@fernway.example", PASSWORD)


def look_up(colleague: Visitor, kind: str, words: str, **filters: str) -> Page:
    """The page of the first row of a list (`referrals/referral`) that is found by these words."""
    found = colleague.get(f"/admin/{kind}/?{urlencode({'q': words, **filters})}")
    pages = [link.address for link in found.links if re.search(rf"/admin/{kind}/\d+/change/", link.address)]
    assert pages, f"nothing is found as “{words}”: {found!r}"
    return colleague.get(pages[0])


def press(colleague: Visitor, page: Page, verb: str, **typed: Any) -> Page:
    """Use a verb of a detail page, filled in; the page that follows, with its message on top."""
    return colleague.send(page.form(f"/do/{verb}/"), **typed)


def verbs(page: Page) -> set[str]:
    """The verbs that this colleague is offered now."""
    actions = (form.action for form in page.forms if "/do/" in form.action)
    return {action.rstrip("/").rpartition("/")[2] for action in actions}


def balances(colleague: Visitor, party: str) -> dict[str, str]:
    """The books of a contact or a campaign, by its public id: kind of account and amount in words, without zeros."""
    rows = colleague.get(f"/admin/rewards/account/?q={party}").rows
    found = [match for match in map(BALANCE.match, rows) if match]
    return {match["kind"]: match["balance"] for match in found if match["balance"][1:] != "0.00"}
