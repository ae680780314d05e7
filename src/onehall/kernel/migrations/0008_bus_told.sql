-- What the bus took since the place was noted, while it is away: whoever tells next, however much later, does not tell it again.
ALTER TABLE bus_relay ADD COLUMN told text[] NOT NULL DEFAULT '{}';
