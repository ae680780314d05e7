-- A record that a partner told of before it could be rated keeps the name it was given then: `became` is the record it is now.
ALTER TABLE usage_waiting DROP CONSTRAINT usage_waiting_state_check;
ALTER TABLE usage_waiting ADD CONSTRAINT usage_waiting_state CHECK (state IN ('waiting', 'given_up', 'taken'));
ALTER TABLE usage_waiting ADD COLUMN became text COLLATE "C";
