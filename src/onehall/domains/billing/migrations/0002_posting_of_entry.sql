-- A leg stands under its entry: one that would be added under a key that was used for something else is refused.
ALTER TABLE posting ADD CONSTRAINT posting_of_entry FOREIGN KEY (home, entry) REFERENCES entry (home, id);
