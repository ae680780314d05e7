CREATE INDEX CONCURRENTLY IF NOT EXISTS route_place_by_staff ON route_place (staff) WHERE ended IS NULL;
