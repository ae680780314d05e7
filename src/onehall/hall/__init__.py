"""The hall: the one counter behind every channel. It finds the function, checks fit and who may, runs or resumes the
journey, counts the visit, and hands over."""

from onehall.hall.counter import Hall
from onehall.hall.view import View
from onehall.kernel.journeys import Caller

__all__ = ["Caller", "Hall", "View"]
