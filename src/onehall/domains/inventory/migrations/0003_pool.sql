-- A number in a private pool belongs to an e-store: `pool` names the store, and nobody else may find or hold it.
ALTER TABLE number ADD COLUMN IF NOT EXISTS pool text COLLATE "C";
