"""Whoever was merged answers as who they are now."""

from advocates.models import Contact


def standing(contact: Contact) -> Contact:
    while contact.merged_into:
        contact = contact.merged_into
    return contact
