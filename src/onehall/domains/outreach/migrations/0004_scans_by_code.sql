CREATE INDEX CONCURRENTLY IF NOT EXISTS event_of_code ON event ((body->>'code'), at) WHERE type = 'outreach.code_scanned';
