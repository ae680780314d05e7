CREATE INDEX CONCURRENTLY IF NOT EXISTS visit_of_staff ON visit (staff, at);
