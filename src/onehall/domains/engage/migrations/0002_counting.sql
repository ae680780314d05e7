CREATE INDEX CONCURRENTLY IF NOT EXISTS event_of_campaign ON event ((body->>'campaign'), type) WHERE type LIKE 'engage.marketing\_%';
