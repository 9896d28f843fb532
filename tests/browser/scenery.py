"""What the demo's data do not hold and a page should be seen with; run inside of the installation.

Prints the addresses that only a mail or a step before would tell, one a line: a survey that waits, the thanks of one
answered, why a friend got a reward, an editor.
"""

FURTHER = """
from advocates.errors import IdentityConflict
from advocates.facts import ContactFacts
from advocates.models import Erasure, Segment
from advocates.services.conflicts import conflict_keep
from advocates.services.contacts import contact_upsert
from advocates.services.erasure import contact_erase
from advocates.services.pairs import pairs_find
from campaigns.models import SurveyInvitation
from campaigns.selectors import survey_url
from config.lib import clock
from referrals.models import Referral

now = clock.now()

def person(source="till", **facts):
    return contact_upsert(facts=ContactFacts(**facts), source=source, now=now).contact

# Somebody whom the till knows by another address, and somebody else's address with a number of the shop's.
person(external_id="T-1", name="Schulte, Hannah", email="hannah.schulte+till@mail.example", country="DE")
try:
    person("demo", external_id="D-1021", email="victor.hale@mail.example")
except IdentityConflict as conflict:
    conflict_keep(conflict=conflict, now=now)
pairs_find(now)
contact_erase(contact=person(external_id="T-2", name="Gone"), way=Erasure.Way.STAFF, by="command", now=now)

for answered in (False, True):
    found = SurveyInvitation.objects.filter(answered_at__isnull=not answered).first()
    print(survey_url(found) + ("thanks/" if answered else ""))
brought = Referral.objects.filter(status="converted").order_by("pk").first()
print("/admin/rewards/reward/why/%s/" % brought.friend.public_id)
print("/admin/advocates/segment/%s/edit/" % Segment.objects.get(name="Promoters to ask").pk)
"""
