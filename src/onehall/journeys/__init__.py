"""Stories that cross domains, one a file, named as the trade names them."""

from onehall.journeys import change_number, change_owner, open_line, port_out

STORIES = (change_number, change_owner, open_line, port_out)
