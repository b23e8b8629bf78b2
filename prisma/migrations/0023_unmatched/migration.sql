-- Lines of paid orders that carry no credits because no package means them, kept where orders are worked out: what is looked at
-- again when a package or a product changes, and what may need a package. src/domain/packages/README.md, "What may need a package".

-- CreateTable
CREATE TABLE "unmatched_line" (
    "shop_id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "line_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "subject" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "hint" TEXT,

    CONSTRAINT "unmatched_line_pkey" PRIMARY KEY ("shop_id","order_id","line_id")
);

-- CreateTable
CREATE TABLE "not_support" (
    "shop_id" BIGINT NOT NULL,
    "subject" TEXT COLLATE "C" NOT NULL,
    "actor" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "not_support_pkey" PRIMARY KEY ("shop_id","subject")
);

-- CreateIndex
CREATE INDEX "unmatched_line_shop_id_product_id_idx" ON "unmatched_line"("shop_id", "product_id");

-- AddForeignKey
ALTER TABLE "unmatched_line" ADD CONSTRAINT "unmatched_line_shop_id_order_id_fkey" FOREIGN KEY ("shop_id", "order_id") REFERENCES "shop_order"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "not_support" ADD CONSTRAINT "not_support_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "unmatched_line" ADD CONSTRAINT "unmatched_line_hint" CHECK (hint IN ('proposal', 'name', 'sku', 'similar'));

-- The few that look like support, among all the mugs.
CREATE INDEX "unmatched_line_hinted" ON "unmatched_line" (shop_id, subject, order_id) WHERE hint IS NOT NULL;

-- Orders that were worked out before. What looks like support among them is found by the job, which works them out again.
INSERT INTO unmatched_line (shop_id, order_id, line_id, product_id, subject, name, sku)
SELECT o.shop_id, o.id, l ->> 'lineId', l ->> 'productId', '', coalesce(l ->> 'name', ''), coalesce(l ->> 'sku', '')
FROM shop_order o, jsonb_array_elements(o.snapshot -> 'order' -> 'lines') l
WHERE o.paid AND NOT EXISTS (
  SELECT FROM order_line k WHERE k.shop_id = o.shop_id AND k.order_id = o.id AND k.line_id = l ->> 'lineId');

SELECT enqueue_job('rematch_orders', json_build_object('shopId', shop_id::text))
FROM (SELECT DISTINCT shop_id FROM unmatched_line) shops;
