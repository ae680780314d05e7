-- When a bill's customer was told of it, once; and to which mail address an account's bills go besides, where its customer chose so.
ALTER TABLE customer_bill ADD COLUMN told timestamptz;
ALTER TABLE billing_account ADD COLUMN bill_mail text;
