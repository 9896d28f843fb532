"""All that this app can be asked about people, in the order of the form. Apps above add theirs."""

from advocates.segments.customers import CUSTOMER_FIELDS
from advocates.segments.metadata import FACT_FIELD
from advocates.segments.other import SEGMENT_FIELD
from advocates.segments.people import PEOPLE_FIELDS
from advocates.segments.standing import STANDING_FIELDS

ADVOCATE_FIELDS = (*PEOPLE_FIELDS, *CUSTOMER_FIELDS, *STANDING_FIELDS, SEGMENT_FIELD, FACT_FIELD)
