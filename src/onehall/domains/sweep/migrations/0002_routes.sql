-- A place goes from one route to another: on the old one it has ended, on the new one it knows how the last visit of others was.
ALTER TABLE route_place ADD COLUMN ended timestamptz;
ALTER TABLE route_place ADD COLUMN last text;
ALTER TABLE route_place ADD COLUMN seen timestamptz;
