"""Which edition of its reference data (tariffs, rules) a process knows: what is the same for everybody is made once for each."""

from weakref import WeakKeyDictionary

from onehall.kernel.store import Store

_editions: "WeakKeyDictionary[Store, int]" = WeakKeyDictionary()


def edition(store: Store) -> int:
    """This will give the number of the edition; another number, other data."""
    return _editions.get(store, 0)


def turn(store: Store) -> None:
    """This will begin another edition: whoever writes reference data, or learns that others did, calls it."""
    _editions[store] = edition(store) + 1
