"""What can be done to parties, a file for each use case."""

from onehall.domains.party.actions import claiming
from onehall.domains.party.actions.amending import amend_customer, amend_party, create_customer, create_party
from onehall.domains.party.actions.consenting import (
    WAY_NAMES,
    allow_marketing,
    allow_personalisation,
    consent,
    lock_standings,
    note_marketed,
    note_reach,
    stop_marketing,
    stop_personalisation,
)
from onehall.domains.party.actions.contacting import change_contact, change_language, end_login
from onehall.domains.party.actions.granting import (
    Granted,
    agree_within,
    claim_grant,
    end_agent,
    grant_agent,
    note_elicited,
    split_code,
    wrong_code,
)
from onehall.domains.party.actions.naming import hear_verdict, note_document, show_evidence, take_real_name
from onehall.domains.party.actions.pushing import forget_push, push_devices, turn_push_off, turn_push_on
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
    "Granted", "Imported", "LineSlots", "WAY_NAMES", "agree_within", "allow_marketing", "allow_personalisation", "amend_customer",
    "amend_party", "change_contact", "change_language", "claim_grant", "claiming", "consent", "create_customer", "create_party",
    "end_agent", "end_login", "forget_push", "free_slot", "grant_agent", "greet", "hear_verdict", "import_customer", "import_customers",
    "keep_slot", "lock_standings", "name_login", "note_document", "note_elicited", "note_marketed", "note_reach",
    "push_devices", "register_prospect", "show_evidence", "split_code", "stop_marketing", "stop_personalisation", "take_real_name",
    "take_slot", "turn_push_off", "turn_push_on", "wrong_code",
]  # fmt: skip
