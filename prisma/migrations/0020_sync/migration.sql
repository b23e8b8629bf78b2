-- An order may arrive late, but cannot be missed: what is known of each shop's orders by asking (src/domain/sync/README.md).

-- CreateTable
CREATE TABLE "shop_sync" (
    "shop_id" BIGINT NOT NULL,
    "watermark" TIMESTAMPTZ(3),
    "watermark_moved_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "seen" INTEGER NOT NULL DEFAULT 0,
    "taken" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3),
    "resting_until" TIMESTAMPTZ(3),
    "look_started_at" TIMESTAMPTZ(3),
    "look_finished_at" TIMESTAMPTZ(3),
    "look_after" BIGINT NOT NULL DEFAULT 0,
    "look_seen" INTEGER NOT NULL DEFAULT 0,
    "look_gone" INTEGER NOT NULL DEFAULT 0,
    "look_missing" JSONB NOT NULL DEFAULT '[]',
    "accepts_gone" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "shop_sync_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "shop_problem" (
    "shop_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "cleared_at" TIMESTAMPTZ(3),
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "shop_problem_pkey" PRIMARY KEY ("shop_id","kind")
);

-- CreateTable
CREATE TABLE "sync_finding" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "external_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "found_by" TEXT NOT NULL,
    "modified_at" TIMESTAMPTZ(3),
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "settled" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "sync_finding_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "unreadable_order" (
    "shop_id" BIGINT NOT NULL,
    "external_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unreadable_order_pkey" PRIMARY KEY ("shop_id","external_id")
);

-- CreateTable
CREATE TABLE "backfill" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "days" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "welcome" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'running',
    "reached" TIMESTAMPTZ(3),
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER,
    "taken" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "started_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "backfill_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateIndex
CREATE INDEX "sync_finding_shop_id_found_at_id_idx" ON "sync_finding"("shop_id", "found_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "shop_sync" ADD CONSTRAINT "shop_sync_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_problem" ADD CONSTRAINT "shop_problem_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sync_finding" ADD CONSTRAINT "sync_finding_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "unreadable_order" ADD CONSTRAINT "unreadable_order_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backfill" ADD CONSTRAINT "backfill_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "shop_sync" ADD CONSTRAINT "shop_sync_counts" CHECK (
  seen >= 0 AND taken >= 0 AND failures >= 0 AND look_after >= 0 AND look_seen >= 0 AND look_gone >= 0);

ALTER TABLE "shop_problem"
  ADD CONSTRAINT "shop_problem_kind" CHECK (kind IN ('keys', 'unreachable', 'orders_gone')),
  ADD CONSTRAINT "shop_problem_times" CHECK (since <= last_at);

ALTER TABLE "sync_finding"
  ADD CONSTRAINT "sync_finding_kind" CHECK (kind IN ('new', 'changed', 'gone')),
  ADD CONSTRAINT "sync_finding_found_by" CHECK (found_by IN ('reconcile', 'look'));
-- Those of which it is not yet known whether a delivery brings them too.
CREATE INDEX "sync_finding_unsettled" ON "sync_finding" (found_at) WHERE NOT settled;

ALTER TABLE "backfill"
  ADD CONSTRAINT "backfill_days" CHECK (days BETWEEN 1 AND 3650),
  ADD CONSTRAINT "backfill_state" CHECK (state IN ('running', 'done', 'stopped')),
  ADD CONSTRAINT "backfill_finished" CHECK ((finished_at IS NULL) = (state = 'running')),
  ADD CONSTRAINT "backfill_counts" CHECK (done >= 0 AND total >= 0 AND taken >= 0 AND failures >= 0);
-- Two at once would ask the shop for the same orders.
CREATE UNIQUE INDEX "backfill_running" ON "backfill" (shop_id) WHERE state = 'running';

-- The deliveries of one order. Partial, because no resource is known when a delivery is taken in: that insert pays nothing for it.
CREATE INDEX "delivery_resource" ON "delivery" (shop_id, resource_id, id) WHERE resource_id IS NOT NULL;
