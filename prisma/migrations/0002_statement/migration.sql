-- The statement reads the entries of one account from a day on. Without this index it would read the account's whole history
-- for each month (10 years of a busy account: 100,000 entries, to show 800).
CREATE INDEX "ledger_entry_shop_id_customer_id_at_id_idx" ON "ledger_entry"("shop_id", "customer_id", "at", "id");
