-- CreateTable
CREATE TABLE "expiry_warning" (
    "shop_id" BIGINT NOT NULL,
    "grant_id" BIGINT NOT NULL,
    "days" INTEGER NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "expiry_warning_pkey" PRIMARY KEY ("shop_id","grant_id","days")
);

-- CreateTable
CREATE TABLE "ledger_check" (
    "shop_id" BIGINT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "accounts" INTEGER NOT NULL,
    "entries" INTEGER NOT NULL,
    "problem_count" INTEGER NOT NULL,
    "problems" JSONB NOT NULL,

    CONSTRAINT "ledger_check_pkey" PRIMARY KEY ("shop_id","checked_at")
);

-- CreateIndex
CREATE INDEX "expiry_warning_shop_id_customer_id_at_idx" ON "expiry_warning"("shop_id", "customer_id", "at");

-- AddForeignKey
ALTER TABLE "expiry_warning" ADD CONSTRAINT "expiry_warning_shop_id_grant_id_fkey" FOREIGN KEY ("shop_id", "grant_id") REFERENCES "credit_grant"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_check" ADD CONSTRAINT "ledger_check_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

-- The accounts on which an end of validity is due, in the order in which they are walked. A spend leaves next_expiry as it
-- is, so this index costs it nothing.
CREATE INDEX "account_next_expiry" ON "account" (next_expiry, shop_id, customer_id) WHERE next_expiry IS NOT NULL;
-- What ends on one day of one shop; grants without remainder are not in it, however many there have been.
CREATE INDEX "credit_grant_ending" ON "credit_grant" (shop_id, expires_at) WHERE live AND expires_at IS NOT NULL;

-- Puts the end of a grant's validity into the conversation of its order's ticket, when the customer has one. The ticket's
-- activity stays: nobody wrote, so it must not rise in the agents' list.
CREATE FUNCTION note_expiry(p_shop bigint, p_customer bigint, p_grant bigint, p_units bigint, p_at timestamptz)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
  SELECT p_shop, t.id, 'expired', jsonb_build_object('units', p_units, 'name', g.name), p_at
  FROM credit_grant g
  JOIN ticket t ON t.shop_id = g.shop_id AND t.order_id = g.order_id AND t.customer_id = p_customer
  WHERE g.shop_id = p_shop AND g.id = p_grant
$$;

-- Writes the `expire` entries that are due on one account, so that figures which a spend relies on are true at p_at. What a
-- hold protects stays in `held`: the statement that closes the hold expires what it releases (rule 11).
CREATE OR REPLACE FUNCTION expire_account(p_shop bigint, p_customer bigint, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  g record;
BEGIN
  FOR g IN
    SELECT id, revision, entitled - consumed - held - expired + overdraft AS net FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = p_customer AND live AND expires_at <= p_at ORDER BY id
  LOOP
    PERFORM ledger_move(p_shop, p_customer, g.id, 'expire', 0, 0, 0, g.net, 0, 0,
      'expire', g.id || ':' || g.revision, 'grant', g.id::text, 'system', NULL, p_at);
    PERFORM note_expiry(p_shop, p_customer, g.id, g.net, p_at);
  END LOOP;
  UPDATE account SET next_expiry = (
    SELECT min(expires_at) FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_customer AND live)
  WHERE shop_id = p_shop AND customer_id = p_customer;
END $$;
