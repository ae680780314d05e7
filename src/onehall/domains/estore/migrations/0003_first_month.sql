-- What the member was charged for the first month of a line, with its order.
ALTER TABLE estore_request ADD COLUMN first_minor bigint;
