-- Reports read the entries of all accounts from a day on. Entries are written in the order of their times, so a summary of
-- each run of pages tells which runs are earlier; it holds no entry, so an insert costs nothing that can be measured.
CREATE INDEX "ledger_entry_at_idx" ON "ledger_entry" USING BRIN ("at");
