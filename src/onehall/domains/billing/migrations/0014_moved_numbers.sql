-- Whether somebody else has paid for what the number uses, at some time: then each of its records is looked up before it is rated.
ALTER TABLE number_account ADD COLUMN moved boolean NOT NULL DEFAULT false;
