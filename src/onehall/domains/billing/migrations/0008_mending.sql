-- A difference is mended when its money is booked, not before; and a day's file that is sent again is looked at again.
ALTER TABLE reconciliation_difference DROP CONSTRAINT reconciliation_difference_status_check;
ALTER TABLE reconciliation_difference ADD CONSTRAINT reconciliation_difference_status
    CHECK (status IN ('open', 'mending', 'mended', 'explained', 'decided'));
ALTER TABLE reconciliation ADD COLUMN mark text;
ALTER TABLE reconciliation ADD COLUMN look int NOT NULL DEFAULT 1;
