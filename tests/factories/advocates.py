import factory
from factory.django import DjangoModelFactory

from advocates.models import Contact, ContactDetails, ContactKey


class ContactFactory(DjangoModelFactory[Contact]):
    """A customer with a name and an address, `customer-1@mail.example` and so on."""

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    relation = Contact.Relation.CUSTOMER
    language = "en"

    email = factory.RelatedFactory("tests.factories.advocates.EmailKeyFactory", factory_related_name="contact")
    named = factory.RelatedFactory("tests.factories.advocates.DetailsFactory", factory_related_name="contact")


class EmailKeyFactory(DjangoModelFactory[ContactKey]):
    class Meta:
        model = ContactKey

    contact = factory.SubFactory(ContactFactory, email=None)
    kind = ContactKey.Kind.EMAIL
    value = factory.Sequence(lambda number: f"customer-{number}@mail.example")
    shown = factory.SelfAttribute("value")
    strict = factory.SelfAttribute("value")


class DetailsFactory(DjangoModelFactory[ContactDetails]):
    class Meta:
        model = ContactDetails

    contact = factory.SubFactory(ContactFactory, named=None)
    name = factory.Faker("name")
