"""The look and the manners that the rooms of staff and of the simulated world share: one sheet, one script, the forms in
which questions are asked at work, the words for what stands in the log. It holds no business and knows no channel."""

from onehall.pages.render import Room
from onehall.pages.visit import Visit, answers, in_room

__all__ = ["Room", "Visit", "answers", "in_room"]
