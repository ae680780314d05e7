-- Money that lay on an account when a bill was issued lessens what the bill asks for: an allocation too, though nothing of `paid`.
ALTER TABLE allocation ADD COLUMN netted boolean NOT NULL DEFAULT false;
ALTER TABLE customer_bill ADD COLUMN netted bigint NOT NULL DEFAULT 0;
ALTER TABLE customer_bill ADD CONSTRAINT customer_bill_netted CHECK (netted >= 0);
