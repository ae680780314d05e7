CREATE INDEX CONCURRENTLY IF NOT EXISTS kit_capture_by_time ON kit_capture (captured_at);
