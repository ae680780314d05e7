-- What waits of a sheet is decided with one word.
CREATE INDEX estore_request_by_batch ON estore_request (home, batch) WHERE batch IS NOT NULL;
