"""Which column holds what: by the names that other systems use, or as the caller says."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused


def columns_match(
    header: Sequence[str], *, known: Mapping[str, Collection[str]], chosen: Mapping[str, str]
) -> dict[str, int]:
    """Field → index of its column. `known`: field → plain names of columns; `chosen`: column → field, and goes first.

    Raises ImportRefused for a chosen column or field that does not exist.
    """
    plain = [plain_name(name) for name in header]
    found = {}
    for column, field in chosen.items():
        if field not in known:
            raise ImportRefused(
                _("There is no field “%(field)s”. There are: %(fields)s.")
                % {"field": field, "fields": ", ".join(known)}
            )
        if plain_name(column) not in plain:
            raise ImportRefused(_("There is no column “%(column)s”.") % {"column": column})
        found[field] = plain.index(plain_name(column))
    for field, names in known.items():
        matching = [index for index, name in enumerate(plain) if name in names and index not in found.values()]
        if matching:
            found.setdefault(field, matching[0])
    return found


def columns_unused(header: Sequence[str], columns: Mapping[str, int]) -> list[str]:
    return [name for index, name in enumerate(header) if name and index not in columns.values()]


def plain_name(name: str) -> str:
    """`E-Mail Address` → `e_mail_address`."""
    letters = "".join(letter if letter.isalnum() else " " for letter in name.casefold())
    return "_".join(letters.split())
