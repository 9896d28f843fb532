"""The people of our tests. A name always means the same person, so that nothing has to be looked up."""

from dataclasses import dataclass
from typing import Any

from advocates.models import Contact
from config.lib import clock


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff; `role` is the name of a group in config/roles.py."""

    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Person:
    """A customer or a friend, as another system would describe them."""

    name: str
    email: str
    phone: str = ""
    language: str = "en"
    country: str = ""
    company: str = ""
    external_id: str = ""

    @property
    def public_name(self) -> str:
        return self.name.split()[0]


PASSWORD = "a sentence that nobody guesses"

MAYA = Colleague("Maya Okafor", "maya@fernway.example", "sales")
SAM = Colleague("Sam Ortiz", "sam@fernway.example", "support")
MIRA = Colleague("Mira Haddad", "mira@fernway.example", "marketing")
TOM = Colleague("Tom Becker", "tom@fernway.example", "finance")
ADA = Colleague("Ada Lindqvist", "ada@fernway.example", "admin")

# Customers who recommend us.
LENA = Person("Lena Vogt", "lena.vogt@posteo.example", "+4930901820", "de", "DE", external_id="C-1001")
MEI = Person("陈美", "mei.chen@mail.example", "+861082015678", "zh-hans", "CN", external_id="C-1002")
AISHAH = Person("Aishah binti Razak", "aishah@mail.example", "+60312345678", "ms", "MY", external_id="C-1003")
INGRID = Person("Ingrid Solberg", "ingrid@mail.example", "+4722334455", "nb", "NO", external_id="C-1004")
MINJUN = Person("김민준", "minjun@mail.example", "+82212345678", "ko", "KR", external_id="C-1005")
OMAR = Person("Omar Diallo", "omar@mail.example", "+12025550143", "en", "US", external_id="C-1006")

# Those who are recommended.
BEN = Person("Ben Carter", "ben.carter@gmail.com", "+12025550178", "en", "US")
SOFIA = Person("Sofía Marín", "sofia@mail.example", "+34911234567", "en", "ES", "Marín e Hijos")
NOOR = Person("Noor Haddad", "noor@mail.example", "+442079460123", "en", "GB")
YUKI = Person("Yuki Tanaka", "yuki@mail.example", "+81312345678", "en", "JP")


def contact_of(person: Person, *, source: str = "shop", **facts: Any) -> Contact:
    """That person's contact, made as an import makes it. `facts` are further fields of ContactFacts."""
    from advocates.services.contacts import ContactFacts, contact_upsert

    known = ContactFacts(
        external_id=person.external_id,
        email=person.email,
        phone=person.phone,
        name=person.name,
        company=person.company,
        language=person.language,
        country=person.country,
        **facts,
    )
    return contact_upsert(facts=known, source=source, now=clock.now()).contact
