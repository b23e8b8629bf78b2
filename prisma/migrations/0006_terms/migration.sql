-- What a package promises besides credits: priority, promotional, overdraft, prices of its own, and what a further order does.
-- Rules 6 and 14; src/domain/packages/README.md.

-- DropIndex
DROP INDEX "package_shop_id_match_kind_match_value_key";

-- AlterTable
ALTER TABLE "package" ADD COLUMN     "retired_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "package_terms" ADD COLUMN     "further_order" TEXT NOT NULL DEFAULT 'new_ticket',
ADD COLUMN     "overdraft_units" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "prices" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "priority" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "promotional" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "top_up" (
    "shop_id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "top_up_pkey" PRIMARY KEY ("shop_id","order_id")
);

-- CreateIndex
CREATE INDEX "top_up_shop_id_ticket_id_idx" ON "top_up"("shop_id", "ticket_id");

-- CreateIndex
CREATE INDEX "credit_grant_shop_id_package_id_terms_version_idx" ON "credit_grant"("shop_id", "package_id", "terms_version");

-- AddForeignKey
ALTER TABLE "top_up" ADD CONSTRAINT "top_up_shop_id_order_id_fkey" FOREIGN KEY ("shop_id", "order_id") REFERENCES "shop_order"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "top_up" ADD CONSTRAINT "top_up_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

-- A match that was retired may be sold again, as another package.
CREATE UNIQUE INDEX "package_match" ON "package" (shop_id, match_kind, match_value) WHERE retired_at IS NULL;

ALTER TABLE "package_terms" ADD CONSTRAINT "package_terms_promises" CHECK (
  overdraft_units >= 0 AND further_order IN ('new_ticket', 'open_ticket') AND jsonb_typeof(prices) = 'object');

-- The ticket on which news of an order is told: the one that it topped up, else the one that it opened.
CREATE FUNCTION ticket_of_order(p_shop bigint, p_order bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT ticket_id FROM top_up WHERE shop_id = p_shop AND order_id = p_order),
    (SELECT id FROM ticket WHERE shop_id = p_shop AND order_id = p_order))
$$;

-- Puts the end of a grant's validity into the conversation of its order's ticket, when the customer has one. The ticket's
-- activity stays: nobody wrote, so it must not rise in the agents' list.
CREATE OR REPLACE FUNCTION note_expiry(p_shop bigint, p_customer bigint, p_grant bigint, p_units bigint, p_at timestamptz)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
  SELECT p_shop, t.id, 'expired', jsonb_build_object('units', p_units, 'name', g.name), p_at
  FROM credit_grant g
  JOIN ticket t ON t.shop_id = p_shop AND t.id = ticket_of_order(p_shop, g.order_id) AND t.customer_id = p_customer
  WHERE g.shop_id = p_shop AND g.id = p_grant
$$;

-- More parameters would make a second function beside the first.
DROP FUNCTION create_grant(
  bigint, bigint, text, bigint, bigint, int, text, text[], jsonb, bigint, bigint, timestamptz, numeric, numeric, text, text,
  text, text, bytea, text, text, text, timestamptz);

-- Puts credits into an account as a new grant, with all that its terms promise. Takes the lock. Idempotent by (operation, key):
-- the first grant's id again. A purchase pays what the account owes, in the same transaction (rule 14). Goodwill, grants by the
-- API and imports pay nothing: they are given for a purpose, or stood in another system when the debt was made.
CREATE FUNCTION create_grant(
  p_shop bigint, p_customer bigint, p_source text, p_order bigint, p_package bigint, p_terms_version int, p_name text,
  p_channels text[], p_prices jsonb, p_units_each bigint, p_units bigint, p_expires timestamptz,
  p_paid_total numeric, p_paid_tax numeric, p_currency text, p_reason text,
  p_operation text, p_key text, p_hash bytea, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz,
  p_priority int DEFAULT 0, p_promotional boolean DEFAULT false, p_overdraft_limit bigint DEFAULT 0
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  a account; known operation_key; grant_id bigint; result jsonb;
BEGIN
  a := lock_account(p_shop, p_customer, p_at);
  SELECT * INTO known FROM operation_key WHERE shop_id = p_shop AND operation = p_operation AND key = p_key;
  IF FOUND THEN
    RETURN CASE WHEN known.input_hash = p_hash THEN known.result ELSE '{"code": "idempotency_conflict"}' END;
  END IF;
  INSERT INTO credit_grant (shop_id, customer_id, source, order_id, package_id, terms_version, name, channels, prices, units_each,
    expires_at, promised, paid_total, paid_tax, currency, reason, created_at, priority, promotional, overdraft_limit)
  VALUES (p_shop, p_customer, p_source, p_order, p_package, p_terms_version, p_name, p_channels, p_prices, p_units_each,
    p_expires, p_units, p_paid_total, p_paid_tax, p_currency, p_reason, p_at, p_priority, p_promotional, p_overdraft_limit)
  RETURNING id INTO grant_id;
  PERFORM ledger_move(p_shop, p_customer, grant_id, 'grant', p_units, 0, 0, 0, 0, 0,
    p_operation, p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at);
  IF p_source NOT IN ('goodwill', 'api', 'import') AND (a.deficit > 0 OR a.overdraft > 0) AND (p_expires IS NULL OR p_expires > p_at) THEN
    PERFORM settle_account(p_shop, p_customer, grant_id, p_key, p_cause_kind, p_cause_id, p_actor, p_at);
  END IF;
  result := jsonb_build_object('code', 'ok', 'grant', grant_id);
  INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at) VALUES (p_shop, p_operation, p_key, p_hash, result, p_at);
  RETURN result;
END $$;
