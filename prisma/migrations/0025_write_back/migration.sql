-- What we write on the orders of a shop (src/domain/write-back/README.md), and what a shop knows of a customer
-- (src/domain/customers/README.md, "What the shop knows").

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "order_meta" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "order_notes" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "order_writing" (
    "shop_id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "ticket_id" BIGINT,
    "balance" BIGINT,
    "written_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "due_since" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "order_writing_pkey" PRIMARY KEY ("shop_id","order_id")
);

-- CreateTable
CREATE TABLE "shop_writing" (
    "shop_id" BIGINT NOT NULL,
    "failing_since" TIMESTAMPTZ(3) NOT NULL,
    "paused_until" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL,
    "problem" TEXT NOT NULL,

    CONSTRAINT "shop_writing_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "balance_watch" (
    "shop_id" BIGINT NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "has_credits" BOOLEAN NOT NULL,

    CONSTRAINT "balance_watch_pkey" PRIMARY KEY ("shop_id","customer_id")
);

-- CreateTable
CREATE TABLE "sweep_mark" (
    "name" TEXT NOT NULL,
    "seen_to" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sweep_mark_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "customer_context" (
    "shop_id" BIGINT NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "orders" INTEGER NOT NULL DEFAULT 0,
    "complete" BOOLEAN NOT NULL DEFAULT true,
    "spent" JSONB NOT NULL DEFAULT '[]',
    "first_order_at" TIMESTAMPTZ(3),
    "last_order_at" TIMESTAMPTZ(3),
    "country" TEXT NOT NULL DEFAULT '',
    "emails" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "latest" JSONB NOT NULL DEFAULT '[]',
    "refreshed_at" TIMESTAMPTZ(3),
    "tried_at" TIMESTAMPTZ(3) NOT NULL,
    "problem" TEXT,

    CONSTRAINT "customer_context_pkey" PRIMARY KEY ("shop_id","customer_id")
);

-- AddForeignKey
ALTER TABLE "order_writing" ADD CONSTRAINT "order_writing_shop_id_order_id_fkey" FOREIGN KEY ("shop_id", "order_id") REFERENCES "shop_order"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_writing" ADD CONSTRAINT "order_writing_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_writing" ADD CONSTRAINT "shop_writing_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "balance_watch" ADD CONSTRAINT "balance_watch_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_context" ADD CONSTRAINT "customer_context_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "order_writing" ADD CONSTRAINT "order_writing_due" CHECK ((due_at IS NULL) = (due_since IS NULL));
ALTER TABLE "customer_context" ALTER COLUMN "emails" SET NOT NULL;

-- Only what waits to be written.
CREATE INDEX "order_writing_waits" ON "order_writing" (shop_id, due_at) WHERE due_at IS NOT NULL;

-- The sweep reads the entries of the last minutes. Without this the newest ones are in no summary until the table is vacuumed,
-- and all that came since then would be read each minute.
ALTER INDEX "ledger_entry_at_idx" SET (autosummarize = on);
