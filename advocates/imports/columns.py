"""Which column holds what: by the names that other systems use, as it was said the last time, or as it is said now."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused

# What a column is called that becomes a further fact of the person: `fact:shoe_size` is metadata["shoe_size"].
FACT = "fact:"
LEFT_OUT = ("", "-")


def columns_match(
    header: Sequence[str], *, known: Mapping[str, Collection[str]], chosen: Mapping[str, str]
) -> dict[str, int]:
    """Field → index of its column. `known`: field → plain names of columns, the best first; `chosen`: column → field,
    and goes first. A column that is chosen to be left out ("" or "-") is not guessed either.

    Raises ImportRefused for a chosen column or field that does not exist, and for a field that was chosen twice.
    """
    plain = [plain_name(name) for name in header]
    found, taken = _chosen(plain, known, chosen)
    for field, names in known.items():
        if field in found:
            continue
        at = next((plain.index(name) for name in names if name in plain and plain.index(name) not in taken), None)
        if at is not None:
            found[field] = at
            taken.add(at)
    return found


def columns_unused(header: Sequence[str], columns: Mapping[str, int]) -> list[str]:
    return [name for index, name in enumerate(header) if name and index not in columns.values()]


def columns_said(header: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """Plain name of each column → its field, empty for those that are left out: as it is remembered."""
    fields = {index: field for field, index in columns.items()}
    return {plain_name(name): fields.get(index, "") for index, name in reversed(list(enumerate(header))) if name}


def columns_remembered(header: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Of what was said about an earlier file, what this one has columns for."""
    plain = set(map(plain_name, header))
    return {column: field for column, field in remembered.items() if column in plain}


def plain_name(name: str) -> str:
    """`E-Mail Address` → `e_mail_address`."""
    letters = "".join(letter if letter.isalnum() else " " for letter in name.casefold())
    return "_".join(letters.split())


def _chosen(
    plain: list[str], known: Mapping[str, Collection[str]], chosen: Mapping[str, str]
) -> tuple[dict[str, int], set[int]]:
    found: dict[str, int] = {}
    taken = set()
    for column, field in chosen.items():
        if plain_name(column) not in plain:
            raise ImportRefused(_("There is no column “%(column)s”.") % {"column": column})
        at = plain.index(plain_name(column))
        taken.add(at)
        if field in LEFT_OUT:
            continue
        _field_check(field, known)
        if field in found and found[field] != at:
            raise ImportRefused(_("Two columns are said to hold “%(field)s”. Leave one out.") % {"field": field})
        found[field] = at
    return found, taken


def _field_check(field: str, known: Mapping[str, Collection[str]]) -> None:
    if field in known or (field.startswith(FACT) and "external_id" in known and plain_name(field[len(FACT) :])):
        return
    raise ImportRefused(
        _("There is no field “%(field)s”. There are: %(fields)s.") % {"field": field, "fields": ", ".join(known)}
    )
