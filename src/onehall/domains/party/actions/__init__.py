"""What can be done to parties, a file for each use case."""

from onehall.domains.party.actions import claiming
from onehall.domains.party.actions.amending import amend_customer, amend_party, create_customer, create_party
from onehall.domains.party.actions.consenting import allow_marketing, allow_personalisation, consent, stop_marketing, stop_personalisation
from onehall.domains.party.actions.contacting import change_contact, change_language, end_login
from onehall.domains.party.actions.naming import hear_verdict, note_document, show_evidence, take_real_name
from onehall.domains.party.actions.registering import (
    Imported,
    greet,
    import_customer,
    import_customers,
    name_login,
    register_prospect,
)
from onehall.domains.party.actions.slots import LineSlots, free_slot, keep_slot, take_slot

__all__ = [
    "Imported", "LineSlots", "allow_marketing", "allow_personalisation", "amend_customer", "amend_party", "change_contact",
    "change_language", "claiming", "consent", "create_customer", "create_party", "free_slot", "greet", "hear_verdict", "import_customer",
    "import_customers", "keep_slot", "end_login", "name_login", "note_document", "register_prospect", "show_evidence",
    "stop_marketing", "stop_personalisation", "take_real_name", "take_slot",
]  # fmt: skip
