CREATE INDEX CONCURRENTLY IF NOT EXISTS number_pool ON number (pool, number) WHERE pool IS NOT NULL;
