"""An installation of the version before is brought up to date; and back again, as after an upgrade that went wrong."""

from pathlib import Path

import pytest

from tests.installation import Installation

pytestmark = [pytest.mark.story, pytest.mark.slow]

CONTACTS = """external_id,email,name,nps_score,nps_at
7,lena@mail.example,Lena Brandt,9,2026-03-01
8,omar@mail.example,Omar Diallo,,
"""
PURCHASES = """customer,date,amount,currency
7,2026-01-05,12.50,EUR
7,2026-02-07,30.00,EUR
"""
STANDING = """
    SELECT c.nps_score, d.match_name, CAST(c.first_purchase_at AS text), CAST(c.last_purchase_at AS text), a.score
    FROM advocates_contact c
    JOIN advocates_contactdetails d ON d.contact_id = c.id
    LEFT JOIN advocates_npsanswer a ON a.contact_id = c.id
    ORDER BY c.id
"""


def test_what_was_known_before_is_sought_and_weighed_like_what_comes_after(tmp_path: Path) -> None:
    contacts, purchases = tmp_path / "contacts.csv", tmp_path / "purchases.csv"
    contacts.write_text(CONTACTS)
    purchases.write_text(PURCHASES)
    with Installation(tmp_path / "house") as house:
        house.manage("contacts_import", str(contacts), "--source", "shop")
        house.manage("purchases_import", str(purchases), "--source", "shop")
        known = [(row[0], row[1], str(row[2])[:10], str(row[3])[:10], row[4]) for row in house.query(STANDING)]
        assert known == [
            (9, "brandt lena", "2026-01-05", "2026-02-07", 9),
            (None, "diallo omar", "None", "None", None),
        ]
        house.manage("migrate", "advocates", "0001_initial")
        assert house.query("SELECT count(*) FROM advocates_contact") == [(2,)]
        house.manage("migrate")
        again = [(row[0], row[1], str(row[2])[:10], str(row[3])[:10], row[4]) for row in house.query(STANDING)]
        assert again == known
        assert "No changes detected" in house.manage("makemigrations", "--check", "--dry-run")
