CREATE INDEX CONCURRENTLY IF NOT EXISTS outreach_touch_by_time ON outreach_touch (at, home);
