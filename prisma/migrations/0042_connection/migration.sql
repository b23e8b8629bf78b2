-- Connecting a shop, its webhooks, and whether all is well with them (src/domain/connect, src/domain/health).

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "webhook_secret_made" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "webhook_secret_old" BYTEA,
ADD COLUMN     "webhook_secret_old_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "shop_connection" (
    "shop_id" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "any_home" BOOLEAN NOT NULL DEFAULT false,
    "backfill_days" INTEGER NOT NULL DEFAULT 0,
    "state_hash" BYTEA,
    "asked_until" TIMESTAMPTZ(3),
    "consumer_key" BYTEA,
    "consumer_secret" BYTEA,
    "problem" TEXT,
    "started_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "connected_at" TIMESTAMPTZ(3),
    "home_url" TEXT NOT NULL DEFAULT '',
    "version" TEXT NOT NULL DEFAULT '',
    "currency" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "shop_connection_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "shop_webhook" (
    "shop_id" BIGINT NOT NULL,
    "topic" TEXT NOT NULL,
    "webhook_id" TEXT,
    "name" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL,
    "secret_set" BOOLEAN NOT NULL DEFAULT false,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "offs" INTEGER NOT NULL DEFAULT 0,
    "off_at" TIMESTAMPTZ(3),
    "mended" TEXT,
    "mended_at" TIMESTAMPTZ(3),

    CONSTRAINT "shop_webhook_pkey" PRIMARY KEY ("shop_id","topic")
);

-- CreateTable
CREATE TABLE "shop_health" (
    "shop_id" BIGINT NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "problem" TEXT,
    "pinged_at" TIMESTAMPTZ(3),
    "counted" BIGINT NOT NULL DEFAULT 0,
    "last_order_at" TIMESTAMPTZ(3),
    "expected" DOUBLE PRECISION,

    CONSTRAINT "shop_health_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "delivery_hour" (
    "shop_id" BIGINT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "deliveries" INTEGER NOT NULL,

    CONSTRAINT "delivery_hour_pkey" PRIMARY KEY ("shop_id","hour")
);

-- AddForeignKey
ALTER TABLE "shop_connection" ADD CONSTRAINT "shop_connection_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_webhook" ADD CONSTRAINT "shop_webhook_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_health" ADD CONSTRAINT "shop_health_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery_hour" ADD CONSTRAINT "delivery_hour_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "shop_connection"
  ADD CONSTRAINT "shop_connection_state" CHECK (state IN ('asked', 'verifying', 'webhooks', 'connected', 'failed', 'disconnected')),
  -- What came from the shop's page waits sealed until it is verified, and not a moment longer.
  ADD CONSTRAINT "shop_connection_keys" CHECK (
    (consumer_key IS NULL) = (consumer_secret IS NULL) AND (state = 'verifying') = (consumer_key IS NOT NULL)),
  ADD CONSTRAINT "shop_connection_asked" CHECK (state <> 'asked' OR (state_hash IS NOT NULL AND asked_until IS NOT NULL)),
  ADD CONSTRAINT "shop_connection_backfill" CHECK (backfill_days BETWEEN 0 AND 3650);

ALTER TABLE "shop_webhook"
  ADD CONSTRAINT "shop_webhook_state" CHECK (state IN ('active', 'paused', 'disabled', 'missing')),
  ADD CONSTRAINT "shop_webhook_mended" CHECK (mended IN ('enabled', 'recreated', 'moved')),
  ADD CONSTRAINT "shop_webhook_offs" CHECK (offs >= 0);

ALTER TABLE "shop_problem" DROP CONSTRAINT "shop_problem_kind",
  ADD CONSTRAINT "shop_problem_kind" CHECK (kind IN ('keys', 'unreachable', 'orders_gone', 'webhooks', 'silence'));
