from factory.declarations import RelatedFactory, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory
from factory.faker import Faker

from advocates.models import Contact, ContactDetails, ContactKey


class ContactFactory(DjangoModelFactory[Contact]):
    """A customer with a name and an address, `customer-1@mail.example` and so on."""

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    relation = Contact.Relation.CUSTOMER
    language = "en"

    email = RelatedFactory("tests.factories.advocates.EmailKeyFactory", factory_related_name="contact")
    named = RelatedFactory("tests.factories.advocates.DetailsFactory", factory_related_name="contact")


class EmailKeyFactory(DjangoModelFactory[ContactKey]):
    class Meta:
        model = ContactKey

    contact = SubFactory(ContactFactory, email=None)
    kind = ContactKey.Kind.EMAIL
    value = Sequence(lambda number: f"customer-{number}@mail.example")
    shown = SelfAttribute("value")
    strict = SelfAttribute("value")


class DetailsFactory(DjangoModelFactory[ContactDetails]):
    class Meta:
        model = ContactDetails

    contact = SubFactory(ContactFactory, named=None)
    name = Faker("name")
