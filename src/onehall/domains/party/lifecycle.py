"""The states of parties and customers; TM Forum's own spelling of the last state of a person is kept."""

from onehall.kernel.lifecycle import Lifecycle

PERSON = Lifecycle("individual", """
    initialized -> validated | deceaded
    validated   -> deceaded
""")  # fmt: skip

COMPANY = Lifecycle("organization", """
    initialized -> validated | closed
    validated   -> closed
""")  # fmt: skip

CUSTOMER = Lifecycle("customer", """
    prospective -> active | closed
    active      -> inactive | closed
    inactive    -> active | closed
""")  # fmt: skip

OF_KIND = {"individual": PERSON, "organization": COMPANY}
