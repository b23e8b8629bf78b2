-- Tables, made from schema.prisma by Prisma's migration engine.
-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "shop" (
    "id" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'woocommerce',
    "url" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "consumer_key" BYTEA,
    "consumer_secret" BYTEA,
    "webhook_secret" BYTEA NOT NULL,
    "bad_signatures" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ticket_counter" (
    "shop_id" BIGINT NOT NULL,
    "next" INTEGER NOT NULL,

    CONSTRAINT "ticket_counter_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "agent" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "login_link" (
    "shop_id" BIGINT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "agent_id" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "login_link_pkey" PRIMARY KEY ("shop_id","token_hash")
);

-- CreateTable
CREATE TABLE "login" (
    "shop_id" BIGINT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "agent_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_pkey" PRIMARY KEY ("shop_id","token_hash")
);

-- CreateTable
CREATE TABLE "api_key" (
    "shop_id" BIGINT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("shop_id","key_hash")
);

-- CreateTable
CREATE TABLE "package" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "match_kind" TEXT NOT NULL,
    "match_value" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "package_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "package_terms" (
    "shop_id" BIGINT NOT NULL,
    "package_id" BIGINT NOT NULL,
    "version" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "units" BIGINT NOT NULL,
    "days" INTEGER,
    "channels" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "package_terms_pkey" PRIMARY KEY ("shop_id","package_id","version")
);

-- CreateTable
CREATE TABLE "rate" (
    "shop_id" BIGINT NOT NULL,
    "channel" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "units" BIGINT NOT NULL,
    "per" TEXT NOT NULL,
    "step" INTEGER,
    "free_seconds" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_pkey" PRIMARY KEY ("shop_id","channel","version")
);

-- CreateTable
CREATE TABLE "customer" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "shop_customer_id" TEXT,
    "guest_email" TEXT,
    "name" TEXT NOT NULL,
    "company" TEXT NOT NULL DEFAULT '',
    "country" TEXT NOT NULL DEFAULT '',
    "locale" TEXT NOT NULL DEFAULT 'en',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "contact" (
    "shop_id" BIGINT NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "verified_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("shop_id","customer_id","kind","value")
);

-- CreateTable
CREATE TABLE "account" (
    "shop_id" BIGINT NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "available" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "deficit" BIGINT NOT NULL DEFAULT 0,
    "overdraft" BIGINT NOT NULL DEFAULT 0,
    "next_expiry" TIMESTAMPTZ(3),

    CONSTRAINT "account_pkey" PRIMARY KEY ("shop_id","customer_id")
);

-- CreateTable
CREATE TABLE "credit_grant" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "source" TEXT NOT NULL,
    "order_id" BIGINT,
    "package_id" BIGINT,
    "terms_version" INTEGER,
    "name" TEXT NOT NULL,
    "channels" TEXT[],
    "prices" JSONB NOT NULL,
    "units_each" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "priority" INTEGER NOT NULL DEFAULT 0,
    "promotional" BOOLEAN NOT NULL DEFAULT false,
    "overdraft_limit" BIGINT NOT NULL DEFAULT 0,
    "frozen" BOOLEAN NOT NULL DEFAULT false,
    "live" BOOLEAN NOT NULL DEFAULT false,
    "promised" BIGINT NOT NULL DEFAULT 0,
    "revoke_due" BIGINT NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "entitled" BIGINT NOT NULL DEFAULT 0,
    "consumed" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "expired" BIGINT NOT NULL DEFAULT 0,
    "cleared" BIGINT NOT NULL DEFAULT 0,
    "overdraft" BIGINT NOT NULL DEFAULT 0,
    "paid_total" DECIMAL(65,30),
    "paid_tax" DECIMAL(65,30),
    "currency" TEXT,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credit_grant_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "ledger_entry" (
    "shop_id" BIGINT NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "grant_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "entitled" BIGINT NOT NULL DEFAULT 0,
    "consumed" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "expired" BIGINT NOT NULL DEFAULT 0,
    "cleared" BIGINT NOT NULL DEFAULT 0,
    "overdraft" BIGINT NOT NULL DEFAULT 0,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "cause_kind" TEXT NOT NULL,
    "cause_id" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("shop_id","customer_id","id")
);

-- CreateTable
CREATE TABLE "operation_key" (
    "shop_id" BIGINT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "result" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "operation_key_pkey" PRIMARY KEY ("shop_id","operation","key")
);

-- CreateTable
CREATE TABLE "shop_order" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "external_id" TEXT NOT NULL,
    "number" TEXT NOT NULL DEFAULT '',
    "status" TEXT NOT NULL DEFAULT '',
    "paid" BOOLEAN NOT NULL DEFAULT false,
    "currency" TEXT NOT NULL DEFAULT '',
    "total" DECIMAL(65,30) NOT NULL DEFAULT 0,
    "paid_at" TIMESTAMPTZ(3),
    "modified_at" TIMESTAMPTZ(3),
    "customer_id" BIGINT,
    "looked_at" BIGINT NOT NULL DEFAULT 0,
    "tombstone_at" TIMESTAMPTZ(3),
    "state_hash" BYTEA,
    "snapshot" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_order_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_line" (
    "shop_id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "line_id" TEXT NOT NULL,
    "grant_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "order_line_pkey" PRIMARY KEY ("shop_id","order_id","line_id")
);

-- CreateTable
CREATE TABLE "ticket" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "number" INTEGER NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "order_id" BIGINT,
    "subject" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "reply_email" TEXT,
    "reply_phone" TEXT,
    "link_version" INTEGER NOT NULL DEFAULT 1,
    "emails" INTEGER NOT NULL DEFAULT 0,
    "texts" INTEGER NOT NULL DEFAULT 0,
    "whatsapps" INTEGER NOT NULL DEFAULT 0,
    "portals" INTEGER NOT NULL DEFAULT 0,
    "video_seconds" INTEGER NOT NULL DEFAULT 0,
    "work_minutes" INTEGER NOT NULL DEFAULT 0,
    "last_message_id" BIGINT NOT NULL DEFAULT 0,
    "preview" TEXT NOT NULL DEFAULT '',
    "last_channel" TEXT NOT NULL DEFAULT '',
    "activity_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ticket_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "message" (
    "shop_id" BIGINT NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "direction" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "author_kind" TEXT NOT NULL,
    "author_id" BIGINT,
    "author_name" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "template" TEXT,
    "data" JSONB,
    "address" TEXT,
    "state" TEXT NOT NULL,
    "units" BIGINT NOT NULL DEFAULT 0,
    "charge" JSONB,
    "waived_units" BIGINT,
    "waive_reason" TEXT,
    "segments" INTEGER,
    "provider_id" TEXT,
    "error" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "claimed_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_pkey" PRIMARY KEY ("shop_id","ticket_id","id")
);

-- CreateTable
CREATE TABLE "ticket_event" (
    "shop_id" BIGINT NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ticket_event_pkey" PRIMARY KEY ("shop_id","ticket_id","id")
);

-- CreateTable
CREATE TABLE "review" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_key" TEXT NOT NULL,
    "order_id" BIGINT,
    "ticket_id" BIGINT,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "review_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "session" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "agent_id" BIGINT,
    "agent_name" TEXT NOT NULL,
    "step_units" BIGINT NOT NULL,
    "step_seconds" INTEGER NOT NULL,
    "free_seconds" INTEGER NOT NULL DEFAULT 0,
    "covered_seconds" INTEGER NOT NULL,
    "actual_seconds" INTEGER,
    "billed_seconds" INTEGER,
    "units" BIGINT NOT NULL DEFAULT 0,
    "charge" JSONB,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "deadline_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "session_hold" (
    "shop_id" BIGINT NOT NULL,
    "session_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "grant_id" BIGINT NOT NULL,
    "units" BIGINT NOT NULL,

    CONSTRAINT "session_hold_pkey" PRIMARY KEY ("shop_id","session_id","id")
);

-- CreateTable
CREATE TABLE "session_presence" (
    "shop_id" BIGINT NOT NULL,
    "session_id" BIGINT NOT NULL,
    "socket_id" TEXT NOT NULL,
    "side" TEXT NOT NULL,
    "connected_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "left_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_presence_pkey" PRIMARY KEY ("shop_id","session_id","socket_id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "resource_id" TEXT,
    "headers" JSONB NOT NULL,
    "body" BYTEA NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "sandbox_item" (
    "id" TEXT NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "from" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "headers" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_item_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "worker_lease" (
    "pool_id" TEXT NOT NULL,
    "lock_key" BIGINT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "worker_lease_pkey" PRIMARY KEY ("pool_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "agent_shop_id_email_key" ON "agent"("shop_id", "email");

-- CreateIndex
CREATE UNIQUE INDEX "package_shop_id_match_kind_match_value_key" ON "package"("shop_id", "match_kind", "match_value");

-- CreateIndex
CREATE UNIQUE INDEX "customer_shop_id_shop_customer_id_key" ON "customer"("shop_id", "shop_customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "customer_shop_id_guest_email_key" ON "customer"("shop_id", "guest_email");

-- CreateIndex
CREATE INDEX "contact_shop_id_kind_value_idx" ON "contact"("shop_id", "kind", "value");

-- CreateIndex
CREATE INDEX "credit_grant_shop_id_customer_id_id_idx" ON "credit_grant"("shop_id", "customer_id", "id");

-- CreateIndex
CREATE INDEX "credit_grant_shop_id_order_id_idx" ON "credit_grant"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "shop_order_shop_id_number_idx" ON "shop_order"("shop_id", "number");

-- CreateIndex
CREATE INDEX "shop_order_shop_id_customer_id_id_idx" ON "shop_order"("shop_id", "customer_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "shop_order_shop_id_external_id_key" ON "shop_order"("shop_id", "external_id");

-- CreateIndex
CREATE INDEX "ticket_shop_id_customer_id_id_idx" ON "ticket"("shop_id", "customer_id", "id");

-- CreateIndex
CREATE INDEX "ticket_shop_id_status_activity_at_id_idx" ON "ticket"("shop_id", "status", "activity_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "ticket_shop_id_activity_at_id_idx" ON "ticket"("shop_id", "activity_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "ticket_shop_id_number_key" ON "ticket"("shop_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "ticket_shop_id_order_id_key" ON "ticket"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "review_shop_id_ticket_id_idx" ON "review"("shop_id", "ticket_id");

-- CreateIndex
CREATE UNIQUE INDEX "review_shop_id_kind_subject_key_key" ON "review"("shop_id", "kind", "subject_key");

-- CreateIndex
CREATE INDEX "session_shop_id_ticket_id_id_idx" ON "session"("shop_id", "ticket_id", "id");

-- CreateIndex
CREATE INDEX "delivery_shop_id_state_id_idx" ON "delivery"("shop_id", "state", "id");

-- CreateIndex
CREATE INDEX "sandbox_item_kind_to_seq_idx" ON "sandbox_item"("kind", "to", "seq");

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_link" ADD CONSTRAINT "login_link_shop_id_agent_id_fkey" FOREIGN KEY ("shop_id", "agent_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login" ADD CONSTRAINT "login_shop_id_agent_id_fkey" FOREIGN KEY ("shop_id", "agent_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "package" ADD CONSTRAINT "package_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "package_terms" ADD CONSTRAINT "package_terms_shop_id_package_id_fkey" FOREIGN KEY ("shop_id", "package_id") REFERENCES "package"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rate" ADD CONSTRAINT "rate_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact" ADD CONSTRAINT "contact_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_grant" ADD CONSTRAINT "credit_grant_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "account"("shop_id", "customer_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_shop_id_grant_id_fkey" FOREIGN KEY ("shop_id", "grant_id") REFERENCES "credit_grant"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_order" ADD CONSTRAINT "shop_order_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_shop_id_order_id_fkey" FOREIGN KEY ("shop_id", "order_id") REFERENCES "shop_order"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_shop_id_grant_id_fkey" FOREIGN KEY ("shop_id", "grant_id") REFERENCES "credit_grant"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_shop_id_order_id_fkey" FOREIGN KEY ("shop_id", "order_id") REFERENCES "shop_order"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket_event" ADD CONSTRAINT "ticket_event_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_hold" ADD CONSTRAINT "session_hold_shop_id_session_id_fkey" FOREIGN KEY ("shop_id", "session_id") REFERENCES "session"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_hold" ADD CONSTRAINT "session_hold_shop_id_grant_id_fkey" FOREIGN KEY ("shop_id", "grant_id") REFERENCES "credit_grant"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_presence" ADD CONSTRAINT "session_presence_shop_id_session_id_fkey" FOREIGN KEY ("shop_id", "session_id") REFERENCES "session"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on: what must never happen, and the hot paths.

-- The checks of the hot tables are plpgsql functions: PostgreSQL parses a CHECK's expression anew for each INSERT or UPDATE
-- statement (the kinds of an entry written as one CASE cost 100 us a row, as a function 3 us).

-- The rules of a grant's figures (src/domain/credits/README.md, invariant 3). One argument instead of ten, because each one
-- makes the expression longer.
CREATE FUNCTION credit_grant_fits(g credit_grant) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  net bigint := g.entitled - g.consumed - g.held - g.expired + g.overdraft;
BEGIN
  RETURN g.entitled >= 0 AND g.consumed >= 0 AND g.held >= 0 AND g.expired >= 0 AND g.cleared >= 0 AND g.promised >= 0
    AND g.revoke_due >= 0 AND g.overdraft BETWEEN 0 AND g.overdraft_limit
    AND g.live = (net > 0)
    -- Only a revoke makes a deficit.
    AND (net >= 0 OR g.consumed - g.overdraft > g.entitled OR g.expired > 0);
END $$;

ALTER TABLE "credit_grant" ADD CONSTRAINT "credit_grant_figures" CHECK (credit_grant_fits(credit_grant));

ALTER TABLE "account" ADD CONSTRAINT "account_figures" CHECK (least(available, held, deficit, overdraft) >= 0);

-- An entry that does not fit its kind cannot be written (README, "Entries").
CREATE FUNCTION ledger_entry_fits(
  kind text, entitled bigint, consumed bigint, held bigint, expired bigint, cleared bigint, overdraft bigint
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE kind
    WHEN 'spend' THEN RETURN entitled = 0 AND consumed > 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft BETWEEN 0 AND consumed;
    WHEN 'grant', 'restore', 'move_in' THEN
      RETURN entitled > 0 AND consumed = 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'revoke', 'move_out' THEN
      RETURN entitled < 0 AND consumed = 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'adjust' THEN RETURN entitled <> 0 AND consumed = 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'reverse' THEN RETURN entitled = 0 AND consumed < 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft BETWEEN consumed AND 0;
    WHEN 'hold' THEN RETURN entitled = 0 AND consumed = 0 AND held > 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'release' THEN RETURN entitled = 0 AND consumed = 0 AND held < 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'post' THEN RETURN entitled = 0 AND consumed > 0 AND held = -consumed AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'expire' THEN RETURN entitled = 0 AND consumed = 0 AND held = 0 AND expired > 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'settle' THEN RETURN entitled = 0 AND consumed >= 0 AND held = 0 AND expired = 0 AND cleared >= 0 AND overdraft <= 0;
    WHEN 'forgive' THEN RETURN entitled = 0 AND consumed = 0 AND held = 0 AND expired = 0 AND cleared >= 0 AND overdraft <= 0;
    ELSE RETURN false;
  END CASE;
END $$;

ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_kind" CHECK (
  ledger_entry_fits(kind, entitled, consumed, held, expired, cleared, overdraft));

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Entries of the ledger are never changed or deleted; write a correcting entry instead'
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON "ledger_entry"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON "ledger_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A grant that holds money may lose it by entries only, never by a DELETE.
CREATE TRIGGER credit_grant_no_delete BEFORE DELETE ON "credit_grant"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE "agent" ADD CONSTRAINT "agent_role" CHECK (role IN ('agent', 'supervisor', 'owner'));
ALTER TABLE "package"
  ADD CONSTRAINT "package_match_kind" CHECK (match_kind IN ('variation', 'product', 'sku', 'category'));
ALTER TABLE "package_terms"
  ADD CONSTRAINT "package_terms_units" CHECK (units > 0 AND (days IS NULL OR days > 0));
ALTER TABLE "rate"
  ADD CONSTRAINT "rate_per" CHECK (units >= 0 AND free_seconds >= 0 AND per IN ('reply', 'segment', 'minutes') AND (per <> 'minutes' OR step > 0));
ALTER TABLE "contact" ADD CONSTRAINT "contact_kind" CHECK (kind IN ('email', 'phone'));
CREATE FUNCTION ticket_fits(t ticket) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN t.status IN ('open', 'waiting', 'snoozed', 'closed', 'spam');
END $$;

ALTER TABLE "ticket" ADD CONSTRAINT "ticket_status" CHECK (ticket_fits(ticket));

CREATE FUNCTION message_fits(m message) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN m.direction IN ('inbound', 'outbound', 'note')
    AND m.channel IN ('email', 'sms', 'whatsapp', 'portal', 'note', 'work')
    AND m.state IN ('received', 'noted', 'queued', 'sending', 'sent', 'delivered', 'failed', 'unknown')
    -- Rule 8: what is inbound, a note or automatic never costs.
    AND (m.units = 0 OR (m.units > 0 AND m.direction = 'outbound' AND m.author_kind = 'agent' AND m.template IS NULL));
END $$;

ALTER TABLE "message" ADD CONSTRAINT "message_figures" CHECK (message_fits(message));
ALTER TABLE "session"
  ADD CONSTRAINT "session_state" CHECK (state IN ('open', 'ended', 'void')),
  ADD CONSTRAINT "session_side_figures" CHECK (step_units >= 0 AND step_seconds > 0 AND units >= 0);
ALTER TABLE "session_hold" ADD CONSTRAINT "session_hold_units" CHECK (units > 0);
ALTER TABLE "session_presence" ADD CONSTRAINT "session_presence_side" CHECK (side IN ('agent', 'customer'));
ALTER TABLE "delivery"
  ADD CONSTRAINT "delivery_state" CHECK (state IN ('pending', 'processed', 'ignored', 'failed'));

-- The burn order reads only grants with something left.
CREATE INDEX "credit_grant_burn" ON "credit_grant" (shop_id, customer_id, expires_at, promotional DESC, priority DESC, created_at, id) WHERE live;
-- One session at a time on a ticket: two open ones would hold, and bill, the same minutes twice.
CREATE UNIQUE INDEX "session_one_open" ON "session" (shop_id, ticket_id) WHERE state = 'open';
CREATE INDEX "session_deadline" ON "session" (deadline_at) WHERE state = 'open';
-- A delivery that repeats another is stored once. Trashing carries only an id, so each of several trashes in a row counts.
CREATE UNIQUE INDEX "delivery_once" ON "delivery" (shop_id, topic, body_hash) WHERE topic NOT IN ('order.deleted', 'order.restored');
CREATE UNIQUE INDEX "message_provider_id" ON "message" (shop_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX "message_sending" ON "message" (claimed_at) WHERE state = 'sending';
CREATE INDEX "review_open" ON "review" (shop_id, id) WHERE resolved_at IS NULL;

-- Room on each page for the next version of a hot row, so that a spend touches no index of account and grant.
ALTER TABLE "account" SET (fillfactor = 50);
ALTER TABLE "credit_grant" SET (fillfactor = 60);
ALTER TABLE "ticket" SET (fillfactor = 70);

-- ---------------------------------------------------------------------------------------------------------------------
-- The ledger's primitives. Every function takes the time as `p_at` (README, "Time") and expects the caller to hold the
-- account row's lock, unless it says that it takes it.
-- ---------------------------------------------------------------------------------------------------------------------

-- What `quantity` of a channel costs by a grant's or the shop's prices. Quantity: replies 1, texts their segments,
-- everything metered in seconds; null asks for one unit, such as the first step of a session.
CREATE FUNCTION price_of(p_prices jsonb, p_channel text, p_quantity int) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_prices -> p_channel ->> 'per'
    WHEN 'minutes' THEN
      (p_prices -> p_channel ->> 'units')::bigint * CASE WHEN p_quantity IS NULL THEN 1 ELSE ceil(
        greatest(p_quantity - coalesce((p_prices -> p_channel ->> 'freeSeconds')::int, 0), 0)::numeric
        / ((p_prices -> p_channel ->> 'step')::int * 60))::bigint END
    WHEN 'segment' THEN (p_prices -> p_channel ->> 'units')::bigint * coalesce(p_quantity, 1)
    ELSE (p_prices -> p_channel ->> 'units')::bigint
  END
$$;

-- Writes one entry and moves the projections of its grant and account with it: one statement, because each further one costs
-- more than the work in it. Returns the entry's id.
CREATE FUNCTION ledger_move(
  p_shop bigint, p_customer bigint, p_grant bigint, p_kind text,
  p_entitled bigint, p_consumed bigint, p_held bigint, p_expired bigint, p_cleared bigint, p_overdraft bigint,
  p_operation text, p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_reason text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  entry bigint; net_after bigint;
BEGIN
  WITH moved AS (
    UPDATE credit_grant g SET
      entitled = g.entitled + p_entitled, consumed = g.consumed + p_consumed, held = g.held + p_held,
      expired = g.expired + p_expired, cleared = g.cleared + p_cleared, overdraft = g.overdraft + p_overdraft,
      live = g.entitled - g.consumed - g.held - g.expired + g.overdraft
        + p_entitled - p_consumed - p_held - p_expired + p_overdraft > 0
    WHERE g.shop_id = p_shop AND g.id = p_grant AND g.customer_id = p_customer
    RETURNING g.frozen, g.expires_at,
      g.entitled - g.consumed - g.held - g.expired + g.overdraft AS net,
      p_entitled - p_consumed - p_held - p_expired + p_overdraft AS net_change,
      g.consumed - g.overdraft - g.entitled - g.cleared AS owed,
      p_consumed - p_overdraft - p_entitled - p_cleared AS owed_change
  ), projected AS (
    UPDATE account a SET
      available = a.available + CASE WHEN moved.frozen THEN 0 ELSE greatest(moved.net, 0) - greatest(moved.net - moved.net_change, 0) END,
      held = a.held + p_held,
      deficit = a.deficit + greatest(moved.owed, 0) - greatest(moved.owed - moved.owed_change, 0),
      overdraft = a.overdraft + p_overdraft,
      next_expiry = CASE WHEN moved.net > 0 THEN least(a.next_expiry, moved.expires_at) ELSE a.next_expiry END
    FROM moved WHERE a.shop_id = p_shop AND a.customer_id = p_customer
  )
  INSERT INTO ledger_entry (shop_id, customer_id, grant_id, kind, entitled, consumed, held, expired, cleared, overdraft,
    operation, key, cause_kind, cause_id, actor, reason, at)
  SELECT p_shop, p_customer, p_grant, p_kind, p_entitled, p_consumed, p_held, p_expired, p_cleared, p_overdraft,
    p_operation, p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at
  FROM moved
  RETURNING id, (SELECT net FROM moved) INTO entry, net_after;
  IF entry IS NULL THEN
    RAISE EXCEPTION 'grant % is not of account % in shop %', p_grant, p_customer, p_shop USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF net_after < 0 AND p_kind IN ('spend', 'hold', 'adjust', 'expire') THEN
    RAISE EXCEPTION 'entry % would draw grant % below zero', p_kind, p_grant USING ERRCODE = 'check_violation';
  END IF;
  RETURN entry;
END $$;

-- Writes the `expire` entries that are due on one account, so that figures which a spend relies on are true at p_at.
CREATE FUNCTION expire_account(p_shop bigint, p_customer bigint, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  g record;
BEGIN
  FOR g IN
    SELECT id, revision, entitled - consumed - held - expired + overdraft AS net FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = p_customer AND live AND expires_at <= p_at ORDER BY id
  LOOP
    PERFORM ledger_move(p_shop, p_customer, g.id, 'expire', 0, 0, 0, g.net, 0, 0,
      'expire', g.id || ':' || g.revision, 'grant', g.id::text, 'system', NULL, p_at);
  END LOOP;
  UPDATE account SET next_expiry = (
    SELECT min(expires_at) FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_customer AND live)
  WHERE shop_id = p_shop AND customer_id = p_customer;
END $$;

-- Locks an account and brings it up to p_at. Everything that moves credits begins here.
CREATE FUNCTION lock_account(p_shop bigint, p_customer bigint, p_at timestamptz) RETURNS account LANGUAGE plpgsql AS $$
DECLARE
  a account;
BEGIN
  SELECT * INTO a FROM account WHERE shop_id = p_shop AND customer_id = p_customer FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'shop % has no account %', p_shop, p_customer USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF a.next_expiry <= p_at THEN
    PERFORM expire_account(p_shop, p_customer, p_at);
    SELECT * INTO a FROM account WHERE shop_id = p_shop AND customer_id = p_customer;
  END IF;
  RETURN a;
END $$;

-- The figures that a person sees, true at p_at although an `expire` entry may not be written yet. Needs no lock.
CREATE FUNCTION account_balance(p_shop bigint, p_customer bigint, p_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'available', a.available - CASE WHEN a.next_expiry <= p_at THEN coalesce((
      SELECT sum(g.entitled - g.consumed - g.held - g.expired + g.overdraft) FROM credit_grant g
      WHERE g.shop_id = p_shop AND g.customer_id = p_customer AND g.live AND NOT g.frozen AND g.expires_at <= p_at), 0) ELSE 0 END,
    'held', a.held, 'deficit', a.deficit, 'overdraft', a.overdraft)
  FROM account a WHERE a.shop_id = p_shop AND a.customer_id = p_customer
$$;

-- Which grants would pay, and how much each: the burn order (README, invariant 6). Writes nothing, so the quote and the
-- charge are one function. p_fixed_units: a price that is already agreed (a running session), instead of the grants' own.
-- code: ok | insufficient_credits | channel_not_covered. price: what it costs, or would cost by the first grant that admits
-- the channel; null when none does.
CREATE FUNCTION plan_charge(
  p_shop bigint, p_customer bigint, p_channel text, p_quantity int, p_fixed_units bigint, p_order bigint, p_at timestamptz,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT price_grant bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  g record; ids bigint[] := '{}'; nets bigint[] := '{}'; costs bigint[] := '{}'; rest bigint := 0; first_cost bigint; missing bigint;
BEGIN
  grants := '{}'; parts := '{}';
  FOR g IN
    SELECT id, entitled - consumed - held - expired + overdraft AS net, coalesce(p_fixed_units, price_of(prices, p_channel, p_quantity)) AS cost
    FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = p_customer AND live AND NOT frozen
      AND (expires_at IS NULL OR expires_at > p_at)
      AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
    ORDER BY expires_at, (order_id = p_order) IS TRUE DESC, promotional DESC, priority DESC, created_at, id
  LOOP
    IF first_cost IS NULL THEN
      first_cost := g.cost;
      -- Most spends end here: the first grant covers its own price and no further grant is read.
      IF g.net >= g.cost THEN
        code := 'ok'; price := g.cost; price_grant := g.id;
        IF g.cost > 0 THEN grants := ARRAY[g.id]; parts := ARRAY[g.cost]; END IF;
        RETURN;
      END IF;
    END IF;
    ids := ids || g.id; nets := nets || g.net; costs := costs || g.cost; rest := rest + g.net;
  END LOOP;
  FOR i IN 1 .. cardinality(ids) LOOP
    IF rest >= costs[i] THEN
      code := 'ok'; price := costs[i]; price_grant := ids[i]; missing := price;
      FOR j IN i .. cardinality(ids) LOOP
        EXIT WHEN missing = 0;
        grants := grants || ids[j]; parts := parts || least(nets[j], missing); missing := missing - least(nets[j], missing);
      END LOOP;
      RETURN;
    END IF;
    rest := rest - nets[i];
  END LOOP;
  -- What the terms promise for nothing needs no credits, so it goes on after the last one is spent, until the validity ends.
  SELECT id INTO price_grant FROM credit_grant
  WHERE shop_id = p_shop AND customer_id = p_customer AND promised > 0 AND NOT frozen AND (expires_at IS NULL OR expires_at > p_at)
    AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
    AND coalesce(p_fixed_units, price_of(prices, p_channel, p_quantity)) = 0
  ORDER BY id LIMIT 1;
  IF FOUND THEN
    code := 'ok'; price := 0;
    RETURN;
  END IF;
  price := first_cost;
  code := CASE WHEN first_cost IS NOT NULL THEN 'insufficient_credits'
    WHEN EXISTS (SELECT FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_customer AND live AND NOT frozen
      AND (expires_at IS NULL OR expires_at > p_at)) THEN 'channel_not_covered'
    ELSE 'insufficient_credits' END;
END $$;

-- Charges a plan: one `spend` entry for each grant. Returns {units, entries: [{id, grant, units}]}.
CREATE FUNCTION charge_plan(
  p_shop bigint, p_customer bigint, p_price bigint, p_grants bigint[], p_parts bigint[],
  p_operation text, p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  entries jsonb := '[]';
BEGIN
  FOR i IN 1 .. cardinality(p_grants) LOOP
    entries := entries || jsonb_build_object('grant', p_grants[i], 'units', p_parts[i], 'id',
      ledger_move(p_shop, p_customer, p_grants[i], 'spend', 0, p_parts[i], 0, 0, 0, 0,
        p_operation, p_key, p_cause_kind, p_cause_id, p_actor, NULL, p_at));
  END LOOP;
  RETURN jsonb_build_object('units', p_price, 'entries', entries);
END $$;

-- Puts credits into an account as a new grant. Takes the lock. Idempotent by (operation, key): the first grant's id again.
CREATE FUNCTION create_grant(
  p_shop bigint, p_customer bigint, p_source text, p_order bigint, p_package bigint, p_terms_version int, p_name text,
  p_channels text[], p_prices jsonb, p_units_each bigint, p_units bigint, p_expires timestamptz,
  p_paid_total numeric, p_paid_tax numeric, p_currency text, p_reason text,
  p_operation text, p_key text, p_hash bytea, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  known operation_key; grant_id bigint; result jsonb;
BEGIN
  PERFORM lock_account(p_shop, p_customer, p_at);
  SELECT * INTO known FROM operation_key WHERE shop_id = p_shop AND operation = p_operation AND key = p_key;
  IF FOUND THEN
    RETURN CASE WHEN known.input_hash = p_hash THEN known.result ELSE '{"code": "idempotency_conflict"}' END;
  END IF;
  INSERT INTO credit_grant (shop_id, customer_id, source, order_id, package_id, terms_version, name, channels, prices, units_each,
    expires_at, promised, paid_total, paid_tax, currency, reason, created_at)
  VALUES (p_shop, p_customer, p_source, p_order, p_package, p_terms_version, p_name, p_channels, p_prices, p_units_each,
    p_expires, p_units, p_paid_total, p_paid_tax, p_currency, p_reason, p_at)
  RETURNING id INTO grant_id;
  PERFORM ledger_move(p_shop, p_customer, grant_id, 'grant', p_units, 0, 0, 0, 0, 0,
    p_operation, p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at);
  result := jsonb_build_object('code', 'ok', 'grant', grant_id);
  INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at) VALUES (p_shop, p_operation, p_key, p_hash, result, p_at);
  RETURN result;
END $$;

-- Applies to a grant into which units came back (from a closed hold, a reversal) the revoke that waits for them, and what its
-- end of validity takes.
CREATE FUNCTION settle_grant(p_shop bigint, p_customer bigint, p_grant bigint, p_cause_kind text, p_cause_id text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  g credit_grant; net bigint; taken bigint;
BEGIN
  SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = p_grant;
  net := g.entitled - g.consumed - g.held - g.expired + g.overdraft;
  taken := CASE WHEN g.held = 0 THEN g.revoke_due ELSE least(g.revoke_due, greatest(net, 0)) END;
  IF taken > 0 THEN
    UPDATE credit_grant SET revoke_due = revoke_due - taken WHERE shop_id = p_shop AND id = p_grant;
    PERFORM ledger_move(p_shop, p_customer, p_grant, 'revoke', -taken, 0, 0, 0, 0, 0,
      'entitle', p_grant || ':' || g.revision || ':held', p_cause_kind, p_cause_id, 'system', NULL, p_at);
    net := net - taken;
  END IF;
  IF net > 0 AND g.expires_at <= p_at THEN
    PERFORM ledger_move(p_shop, p_customer, p_grant, 'expire', 0, 0, 0, net, 0, 0,
      'expire', p_grant || ':' || p_cause_kind || ':' || p_cause_id, 'grant', p_grant::text, 'system', NULL, p_at);
  END IF;
END $$;

-- Makes a grant converge to what its source entitles to (rule 14). Takes the lock. Returns the change in units; 0 when it
-- already stood there. What a hold protects waits in revoke_due (rule 11).
CREATE FUNCTION set_promised(
  p_shop bigint, p_customer bigint, p_grant bigint, p_units bigint, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  g credit_grant; change bigint; now_units bigint; the_key text;
BEGIN
  PERFORM lock_account(p_shop, p_customer, p_at);
  SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = p_grant AND customer_id = p_customer;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'grant % is not of account % in shop %', p_grant, p_customer, p_shop USING ERRCODE = 'foreign_key_violation';
  END IF;
  change := p_units - g.promised;
  IF change = 0 THEN RETURN 0; END IF;
  the_key := p_grant || ':' || (g.revision + 1);
  IF change > 0 THEN
    now_units := change - least(change, g.revoke_due);
    UPDATE credit_grant SET promised = p_units, revision = revision + 1, revoke_due = revoke_due - least(change, g.revoke_due)
    WHERE shop_id = p_shop AND id = p_grant;
    IF now_units > 0 THEN
      PERFORM ledger_move(p_shop, p_customer, p_grant, 'restore', now_units, 0, 0, 0, 0, 0,
        'entitle', the_key, p_cause_kind, p_cause_id, p_actor, NULL, p_at);
    END IF;
  ELSE
    now_units := CASE WHEN g.held = 0 THEN -change
      ELSE least(-change, greatest(g.entitled - g.consumed - g.held - g.expired + g.overdraft, 0)) END;
    UPDATE credit_grant SET promised = p_units, revision = revision + 1, revoke_due = revoke_due + (-change - now_units)
    WHERE shop_id = p_shop AND id = p_grant;
    IF now_units > 0 THEN
      PERFORM ledger_move(p_shop, p_customer, p_grant, 'revoke', -now_units, 0, 0, 0, 0, 0,
        'entitle', the_key, p_cause_kind, p_cause_id, p_actor, NULL, p_at);
    END IF;
  END IF;
  RETURN change;
END $$;

-- Gives back what a charge took, into the grants that paid; what falls into a grant that expired meanwhile becomes a
-- goodwill grant of 30 days (rule 10). p_charge: {entries: [{grant, units}]}. The caller holds the account's lock and has
-- made sure that the charge is reversed once.
CREATE FUNCTION reverse_charge(
  p_shop bigint, p_customer bigint, p_charge jsonb, p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_reason text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  part record; g credit_grant; due bigint; goodwill bigint;
BEGIN
  FOR part IN SELECT (e ->> 'grant')::bigint AS grant_id, (e ->> 'units')::bigint AS units FROM jsonb_array_elements(p_charge -> 'entries') e LOOP
    PERFORM ledger_move(p_shop, p_customer, part.grant_id, 'reverse', 0, -part.units, 0, 0, 0, 0,
      'reverse', p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at);
    PERFORM settle_grant(p_shop, p_customer, part.grant_id, p_cause_kind, p_cause_id, p_at);
    SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = part.grant_id;
    -- What had expired before does not count here: a refund after the end of validity would else swallow the reversal.
    due := least(part.units, g.entitled - g.revoke_due - g.consumed - g.held + g.overdraft);
    IF g.expires_at <= p_at AND due > 0 THEN
      INSERT INTO credit_grant (shop_id, customer_id, source, order_id, name, channels, prices, units_each, expires_at, promised, reason, created_at)
      VALUES (p_shop, p_customer, 'goodwill', g.order_id, g.name, g.channels, g.prices, due, p_at + interval '30 days', due, 'reversed_after_expiry', p_at)
      RETURNING id INTO goodwill;
      PERFORM ledger_move(p_shop, p_customer, goodwill, 'grant', due, 0, 0, 0, 0, 0,
        'goodwill', goodwill || ':' || p_key, p_cause_kind, p_cause_id, 'system', 'reversed_after_expiry', p_at);
    END IF;
  END LOOP;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- The hot paths: one statement each.
-- ---------------------------------------------------------------------------------------------------------------------

-- Enqueues a job in this transaction without the queue's own NOTIFY: a transaction that notifies takes a lock on the whole
-- database at commit, so commits queue up one behind another (measured here with 16 clients: 2,600 a second with
-- graphile_worker.add_job, 8,500 with this). The processes wake the workers themselves after the commit (src/jobs/wake.ts);
-- if one dies before, the workers' poll finds the job. A test holds this row against one made by add_job.
CREATE FUNCTION enqueue_job(p_task text, p_payload json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graphile_worker._private_jobs (task_id, payload)
  SELECT id, p_payload FROM graphile_worker._private_tasks WHERE identifier = p_task;
  IF NOT FOUND THEN
    PERFORM graphile_worker.add_job(p_task, p_payload);
  END IF;
END $$;

-- Stores a verified delivery and enqueues its job. Returns the delivery's id; null when it repeats a stored one.
CREATE FUNCTION accept_delivery(p_shop bigint, p_topic text, p_headers jsonb, p_body bytea, p_hash bytea, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  delivery_id bigint;
BEGIN
  INSERT INTO delivery (shop_id, topic, headers, body, body_hash, received_at)
  VALUES (p_shop, p_topic, p_headers, p_body, p_hash, p_at)
  ON CONFLICT DO NOTHING RETURNING id INTO delivery_id;
  IF delivery_id IS NOT NULL THEN
    PERFORM enqueue_job('process_delivery', json_build_object('shopId', p_shop::text, 'deliveryId', delivery_id::text));
  END IF;
  RETURN delivery_id;
END $$;

-- The next ticket number of a shop. The row lock serves the numbers one after another, also to transactions that roll back.
CREATE FUNCTION next_ticket_number(p_shop bigint) RETURNS int LANGUAGE sql AS $$
  UPDATE ticket_counter SET next = next + 1 WHERE shop_id = p_shop RETURNING next - 1
$$;

-- What a send would cost now and leave, by the function that charges (rule 7).
CREATE FUNCTION quote_charge(p_shop bigint, p_customer bigint, p_channel text, p_quantity int, p_order bigint, p_at timestamptz)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('code', p.code, 'price', p.price, 'grants', p.grants, 'parts', p.parts, 'priceGrant', p.price_grant,
    'balance', account_balance(p_shop, p_customer, p_at))
  FROM plan_charge(p_shop, p_customer, p_channel, p_quantity, NULL, p_order, p_at) p
$$;

-- An agent's reply: message, charge, tally, ticket state and send job in one commit (rules 4 to 9). A refusal writes nothing.
-- p_worth: what a waived reply is worth when no grant names a price.
-- code: ok | ticket_not_found | idempotency_conflict | stale_conversation | contact_missing | insufficient_credits | channel_not_covered
--
-- Three statements, because each costs more than the rows it touches: lock, read, write (with lock_account, plan_charge and
-- ledger_move for every reply 20 % more of the server's time). Most replies are plain: the first grant in the burn order pays
-- the whole price. What is not plain is planned and charged by the functions above; a refusal is always decided there.
CREATE FUNCTION reply_to_ticket(
  p_shop bigint, p_ticket bigint, p_channel text, p_quantity int, p_segments int, p_body text, p_key text, p_hash bytea,
  p_agent bigint, p_actor text, p_author text, p_waive_reason text, p_last_seen bigint, p_at timestamptz, p_worth bigint DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; due timestamptz; before_available bigint; account_held bigint; account_deficit bigint; account_overdraft bigint;
  owner_now bigint; the_order bigint; newest bigint; to_address text; known_hash bytea; known_result jsonb;
  payer bigint; charged bigint; plain boolean; plan record; waived bigint; message_id bigint; entry_id bigint; notice_id bigint;
  message_state text := CASE p_channel WHEN 'portal' THEN 'delivered' ELSE 'queued' END;
  charge jsonb := '{"units": 0, "entries": []}'; answer jsonb;
BEGIN
  -- As lock_account, together with finding the account. The reply changes no key, so messages that arrive need not wait for it.
  SELECT customer_id, next_expiry, available, held, deficit, overdraft
  INTO owner, due, before_available, account_held, account_deficit, account_overdraft
  FROM account
  WHERE shop_id = p_shop AND customer_id = (SELECT customer_id FROM ticket WHERE shop_id = p_shop AND id = p_ticket)
  FOR NO KEY UPDATE;
  IF owner IS NULL OR due <= p_at THEN
    SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
    IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
    SELECT available, held, deficit, overdraft INTO before_available, account_held, account_deficit, account_overdraft
    FROM lock_account(p_shop, owner, p_at);
  END IF;

  -- A statement of its own, so that it sees what the lock's last holder committed. The grant is the first of plan_charge.
  SELECT t.customer_id, t.order_id, t.last_message_id,
    CASE p_channel WHEN 'email' THEN t.reply_email WHEN 'sms' THEN t.reply_phone ELSE 'portal' END,
    k.input_hash, k.result, g.id, g.cost,
    k.input_hash IS NULL AND p_waive_reason IS NULL AND t.customer_id = owner
      AND (p_last_seen IS NULL OR t.last_message_id <= p_last_seen) AND g.cost > 0 AND g.net >= g.cost
  INTO owner_now, the_order, newest, to_address, known_hash, known_result, payer, charged, plain
  FROM ticket t
  LEFT JOIN operation_key k ON k.shop_id = p_shop AND k.operation = 'reply' AND k.key = p_key
  LEFT JOIN LATERAL (
    SELECT id, entitled - consumed - held - expired + overdraft AS net, price_of(prices, p_channel, p_quantity) AS cost
    FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = owner AND live AND NOT frozen
      AND (expires_at IS NULL OR expires_at > p_at)
      AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
    ORDER BY expires_at, (order_id = t.order_id) IS TRUE DESC, promotional DESC, priority DESC, created_at, id
    LIMIT 1
  ) g ON true
  WHERE t.shop_id = p_shop AND t.id = p_ticket
  FOR NO KEY UPDATE OF t;

  -- Drawn under the ticket's lock, so that a later message always has the higher number; staleness is told by it.
  message_id := nextval('message_id_seq');
  IF plain AND to_address IS NOT NULL THEN
    entry_id := nextval('ledger_entry_id_seq');
    charge := jsonb_build_object('units', charged,
      'entries', jsonb_build_array(jsonb_build_object('id', entry_id, 'grant', payer, 'units', charged)));
  ELSE
    payer := NULL; charged := 0;
    IF known_hash IS NOT NULL THEN
      IF known_hash <> p_hash THEN RETURN '{"code": "idempotency_conflict"}'; END IF;
      RETURN known_result || '{"replayed": true}';
    END IF;
    IF owner_now <> owner THEN
      RAISE EXCEPTION 'ticket % changed its customer meanwhile', p_ticket USING ERRCODE = 'serialization_failure';
    END IF;
    IF newest > p_last_seen THEN
      RETURN jsonb_build_object('code', 'stale_conversation', 'lastMessageId', newest::text);
    END IF;
    IF to_address IS NULL THEN RETURN '{"code": "contact_missing"}'; END IF;
    SELECT * INTO plan FROM plan_charge(p_shop, owner, p_channel, p_quantity, NULL, the_order, p_at);
    IF p_waive_reason IS NOT NULL THEN
      waived := coalesce(plan.price, p_worth, 0);
    ELSIF plan.code <> 'ok' THEN
      RETURN jsonb_build_object('code', plan.code, 'price', plan.price, 'balance', account_balance(p_shop, owner, p_at));
    ELSIF plan.price > 0 THEN
      charged := plan.price;
      charge := charge_plan(p_shop, owner, charged, plan.grants, plan.parts,
        'reply', p_key, 'message', p_ticket || ':' || message_id, p_actor, p_at);
    END IF;
  END IF;

  -- `paid`, `projected` and `entered` are ledger_move for a plain spend: the grant is not frozen and keeps net >= 0, so it owes
  -- nothing before or after and its account's deficit, overdraft and next expiry stay. Without a payer they do nothing.
  WITH paid AS (
    UPDATE credit_grant g SET consumed = g.consumed + charged,
      live = g.entitled - g.consumed - g.held - g.expired + g.overdraft > charged
    WHERE g.shop_id = p_shop AND g.id = payer AND g.entitled - g.consumed - g.held - g.expired + g.overdraft >= charged
    RETURNING g.id
  ), projected AS (
    UPDATE account a SET available = a.available - charged FROM paid WHERE a.shop_id = p_shop AND a.customer_id = owner
  ), entered AS (
    INSERT INTO ledger_entry (shop_id, customer_id, id, grant_id, kind, consumed, operation, key, cause_kind, cause_id, actor, at)
    SELECT p_shop, owner, entry_id, paid.id, 'spend', charged, 'reply', p_key, 'message', p_ticket || ':' || message_id, p_actor, p_at
    FROM paid
  ), answered AS (
    UPDATE ticket SET
      emails = emails + (p_channel = 'email')::int, texts = texts + (p_channel = 'sms')::int,
      portals = portals + (p_channel = 'portal')::int, status = 'waiting', last_message_id = message_id,
      last_channel = p_channel, preview = left(p_body, 140), activity_at = p_at
    WHERE shop_id = p_shop AND id = p_ticket AND customer_id = owner AND (p_last_seen IS NULL OR last_message_id <= p_last_seen)
    RETURNING id
  ), written AS (
    INSERT INTO message (shop_id, ticket_id, id, direction, channel, author_kind, author_id, author_name, body, address, state,
      units, charge, waived_units, waive_reason, segments, settled_at, created_at)
    VALUES (p_shop, p_ticket, message_id, 'outbound', p_channel, 'agent', p_agent, p_author, p_body, to_address, message_state,
      charged, charge, waived, p_waive_reason, p_segments, CASE WHEN message_state = 'delivered' THEN p_at END, p_at)
  )
  INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at)
  SELECT p_shop, 'reply', p_key, p_hash, jsonb_build_object('code', 'ok', 'messageId', message_id::text, 'state', message_state,
    'charge', charge, 'waivedUnits', waived, 'createdAt', p_at, 'balance', jsonb_build_object(
      'available', before_available - charged, 'held', account_held, 'deficit', account_deficit, 'overdraft', account_overdraft)), p_at
  FROM answered WHERE payer IS NULL OR EXISTS (SELECT FROM paid)
  RETURNING operation_key.result INTO answer;
  -- Cannot happen under the locks; if it does, everything is rolled back.
  IF answer IS NULL THEN
    RAISE EXCEPTION 'the reply to ticket % was not written', p_ticket USING ERRCODE = 'serialization_failure';
  END IF;
  IF message_state = 'queued' THEN
    PERFORM enqueue_job('send_message', json_build_object('shopId', p_shop::text, 'ticketId', p_ticket::text, 'messageId', message_id::text));
  END IF;
  -- What the answer says stays on the private page; the mail only tells that it is there, and costs nothing.
  IF p_channel = 'portal' THEN
    INSERT INTO message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, template, data, address, state, created_at)
    SELECT p_shop, p_ticket, 'outbound', 'email', 'system', p_author, '', 'portal-answer', '{}', reply_email, 'queued', p_at
    FROM ticket WHERE shop_id = p_shop AND id = p_ticket AND reply_email IS NOT NULL
    RETURNING id INTO notice_id;
    IF notice_id IS NOT NULL THEN
      PERFORM enqueue_job('send_message', json_build_object('shopId', p_shop::text, 'ticketId', p_ticket::text, 'messageId', notice_id::text));
    END IF;
  END IF;
  RETURN answer;
END $$;


-- A send that failed for good: the message says why, the charge goes back, the tally is corrected; all or nothing, once.
-- Returns the units given back; null when the message is not in one of the states that may fail.
CREATE FUNCTION fail_message(p_shop bigint, p_ticket bigint, p_message bigint, p_reason text, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; m message;
BEGIN
  SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO m FROM message WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message FOR UPDATE;
  IF m.direction IS DISTINCT FROM 'outbound' OR m.state NOT IN ('queued', 'sending', 'sent', 'unknown') THEN RETURN NULL; END IF;
  UPDATE message SET state = 'failed', error = p_reason, settled_at = p_at
  WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message;
  IF m.template IS NULL THEN
    UPDATE ticket SET emails = emails - (m.channel = 'email')::int, texts = texts - (m.channel = 'sms')::int,
      status = 'open', activity_at = p_at
    WHERE shop_id = p_shop AND id = p_ticket;
  END IF;
  IF m.units > 0 THEN
    PERFORM reverse_charge(p_shop, owner, m.charge, 'message:' || p_message, 'message', p_ticket || ':' || p_message,
      'system', p_reason, p_at);
    INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
    VALUES (p_shop, p_ticket, 'reversed', jsonb_build_object('units', m.units, 'messageId', p_message::text, 'reason', p_reason), p_at);
  END IF;
  RETURN m.units;
END $$;

-- Holds units for a session over the grants of a plan.
CREATE FUNCTION hold_plan(p_shop bigint, p_customer bigint, p_session bigint, p_grants bigint[], p_parts bigint[], p_actor text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1 .. cardinality(p_grants) LOOP
    PERFORM ledger_move(p_shop, p_customer, p_grants[i], 'hold', 0, 0, p_parts[i], 0, 0, 0,
      'session', 'hold:' || p_session, 'session', p_session::text, p_actor, NULL, p_at);
    INSERT INTO session_hold (shop_id, session_id, grant_id, units) VALUES (p_shop, p_session, p_grants[i], p_parts[i]);
  END LOOP;
END $$;

-- Opens a metered session and holds its first step (rule 11). The grant that pays first sets the price for the whole session.
-- code: ok | ticket_not_found | session_open | insufficient_credits | channel_not_covered
CREATE FUNCTION open_session(
  p_shop bigint, p_ticket bigint, p_kind text, p_agent bigint, p_actor text, p_agent_name text, p_deadline timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; the_order bigint; plan record; price jsonb; s session;
BEGIN
  SELECT customer_id, order_id INTO owner, the_order FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
  IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO s FROM session WHERE shop_id = p_shop AND ticket_id = p_ticket AND state = 'open';
  IF FOUND THEN RETURN jsonb_build_object('code', 'session_open', 'sessionId', s.id::text); END IF;
  SELECT * INTO plan FROM plan_charge(p_shop, owner, p_kind, NULL, NULL, the_order, p_at);
  IF plan.code <> 'ok' THEN
    RETURN jsonb_build_object('code', plan.code, 'price', plan.price, 'balance', account_balance(p_shop, owner, p_at));
  END IF;
  SELECT prices -> p_kind INTO price FROM credit_grant WHERE shop_id = p_shop AND id = plan.price_grant;
  INSERT INTO session (shop_id, ticket_id, customer_id, kind, agent_id, agent_name, step_units, step_seconds, free_seconds,
    covered_seconds, opened_at, deadline_at)
  VALUES (p_shop, p_ticket, owner, p_kind, p_agent, p_agent_name, (price ->> 'units')::bigint, (price ->> 'step')::int * 60,
    coalesce((price ->> 'freeSeconds')::int, 0), coalesce((price ->> 'freeSeconds')::int, 0) + (price ->> 'step')::int * 60,
    p_at, p_deadline)
  RETURNING * INTO s;
  PERFORM hold_plan(p_shop, owner, s.id, plan.grants, plan.parts, p_actor, p_at);
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
  VALUES (p_shop, p_ticket, 'session_started', jsonb_build_object('sessionId', s.id::text, 'agentName', p_agent_name), p_at);
  UPDATE ticket SET activity_at = p_at WHERE shop_id = p_shop AND id = p_ticket;
  RETURN jsonb_build_object('code', 'ok', 'sessionId', s.id::text, 'balance', account_balance(p_shop, owner, p_at));
END $$;

-- Holds further steps until p_seconds together are covered, one at a time, as far as the credits go.
-- Returns the seconds covered now.
CREATE FUNCTION extend_session(p_shop bigint, p_session bigint, p_seconds int, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; s session; plan record; the_order bigint;
BEGIN
  SELECT customer_id INTO owner FROM session WHERE shop_id = p_shop AND id = p_session;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO s FROM session WHERE shop_id = p_shop AND id = p_session FOR UPDATE;
  SELECT order_id INTO the_order FROM ticket WHERE shop_id = p_shop AND id = s.ticket_id;
  WHILE s.state = 'open' AND s.covered_seconds < p_seconds LOOP
    -- A free session needs no grant to go on.
    IF s.step_units > 0 THEN
      SELECT * INTO plan FROM plan_charge(p_shop, owner, s.kind, NULL, s.step_units, the_order, p_at);
      EXIT WHEN plan.code <> 'ok';
      PERFORM hold_plan(p_shop, owner, p_session, plan.grants, plan.parts, 'system', p_at);
    END IF;
    UPDATE session SET covered_seconds = covered_seconds + step_seconds WHERE shop_id = p_shop AND id = p_session
    RETURNING * INTO s;
  END LOOP;
  RETURN s.covered_seconds;
END $$;

-- Closes a session once: posts what p_actual seconds together cost, at most what is held, and releases the rest; then applies
-- to each grant what waited for its hold (rule 11). Returns {code, sessionId, state, actualSeconds, billedSeconds, charge, balance}.
CREATE FUNCTION close_session(p_shop bigint, p_session bigint, p_actual int, p_reason text, p_actor text, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; s session; steps int; bill bigint; due bigint; h record; part bigint; entries jsonb := '[]'; bill_charge jsonb; billed int;
BEGIN
  SELECT customer_id INTO owner FROM session WHERE shop_id = p_shop AND id = p_session;
  IF NOT FOUND THEN RETURN '{"code": "session_not_found"}'; END IF;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO s FROM session WHERE shop_id = p_shop AND id = p_session FOR UPDATE;
  IF s.state = 'open' THEN
    steps := ceil(greatest(p_actual - s.free_seconds, 0)::numeric / s.step_seconds);
    -- Ticks that a restart lost are caught up here; without credits the excess stays unbilled.
    PERFORM extend_session(p_shop, p_session, s.free_seconds + steps * s.step_seconds, p_at);
    SELECT * INTO s FROM session WHERE shop_id = p_shop AND id = p_session;
    steps := least(steps, (s.covered_seconds - s.free_seconds) / s.step_seconds);
    bill := steps * s.step_units; due := bill; billed := steps * s.step_seconds;
    FOR h IN SELECT grant_id, sum(units)::bigint AS units FROM session_hold WHERE shop_id = p_shop AND session_id = p_session
      GROUP BY grant_id ORDER BY min(id) LOOP
      part := least(h.units, due);
      IF part > 0 THEN
        entries := entries || jsonb_build_object('grant', h.grant_id, 'units', part, 'id',
          ledger_move(p_shop, owner, h.grant_id, 'post', 0, part, -part, 0, 0, 0,
            'session', 'post:' || p_session, 'session', p_session::text, p_actor, NULL, p_at));
        due := due - part;
      END IF;
      IF h.units > part THEN
        PERFORM ledger_move(p_shop, owner, h.grant_id, 'release', 0, 0, part - h.units, 0, 0, 0,
          'session', 'release:' || p_session, 'session', p_session::text, p_actor, NULL, p_at);
      END IF;
      PERFORM settle_grant(p_shop, owner, h.grant_id, 'session', p_session::text, p_at);
    END LOOP;
    DELETE FROM session_hold WHERE shop_id = p_shop AND session_id = p_session;
    bill_charge := jsonb_build_object('units', bill, 'entries', entries);
    UPDATE session SET state = CASE WHEN p_actual > 0 THEN 'ended' ELSE 'void' END, actual_seconds = p_actual, billed_seconds = billed,
      units = bill, charge = bill_charge, ended_at = p_at, end_reason = p_reason
    WHERE shop_id = p_shop AND id = p_session RETURNING * INTO s;
    UPDATE session_presence SET left_at = least(p_at, seen_at) WHERE shop_id = p_shop AND session_id = p_session AND left_at IS NULL;
    UPDATE ticket SET video_seconds = video_seconds + p_actual, activity_at = p_at WHERE shop_id = p_shop AND id = s.ticket_id;
    INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
    VALUES (p_shop, s.ticket_id, CASE s.state WHEN 'void' THEN 'session_void' ELSE 'session_billed' END,
      jsonb_build_object('sessionId', p_session::text, 'agentName', s.agent_name, 'actualSeconds', p_actual, 'billedSeconds', billed,
        'units', bill, 'reason', p_reason), p_at);
  END IF;
  RETURN jsonb_build_object('code', 'ok', 'sessionId', s.id::text, 'state', s.state, 'actualSeconds', s.actual_seconds,
    'billedSeconds', s.billed_seconds, 'charge', s.charge, 'balance', account_balance(p_shop, owner, p_at));
END $$;

-- Numbers the looks at orders through a shop's API. Drawn before the request, so that of two answers that come back in any
-- order the one that was asked for later is known to be the newer (src/domain/orders/README.md).
CREATE SEQUENCE order_look_seq AS bigint;
