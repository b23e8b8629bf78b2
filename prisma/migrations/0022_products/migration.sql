-- What the shop sells, as it told of it last: packages are picked from it, and an order's categories come from it, because orders
-- do not tell them. src/domain/products/README.md.

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "credits_key" TEXT NOT NULL DEFAULT '_support_credits';

-- The columns that are searched by their beginnings are collated by code point, so that an ordinary index finds ranges in them.

-- CreateTable
CREATE TABLE "product" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "product_id" TEXT NOT NULL,
    "variation_id" TEXT NOT NULL DEFAULT '',
    "name" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "sku_value" TEXT COLLATE "C" NOT NULL,
    "price" TEXT NOT NULL,
    "published" BOOLEAN NOT NULL,
    "categories" TEXT[],
    "proposal" TEXT,
    "proposed_units" BIGINT,
    "sort_name" TEXT COLLATE "C" NOT NULL,
    "modified_at" TIMESTAMPTZ(3),
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "product_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "product_word" (
    "shop_id" BIGINT NOT NULL,
    "word" TEXT COLLATE "C" NOT NULL,
    "product_id" BIGINT NOT NULL,

    CONSTRAINT "product_word_pkey" PRIMARY KEY ("shop_id","word","product_id")
);

-- CreateTable
CREATE TABLE "catalogue_read" (
    "shop_id" BIGINT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "page" INTEGER NOT NULL DEFAULT 1,
    "found" INTEGER NOT NULL DEFAULT 0,
    "ended_at" TIMESTAMPTZ(3),
    "complete_at" TIMESTAMPTZ(3),
    "trouble" TEXT,

    CONSTRAINT "catalogue_read_pkey" PRIMARY KEY ("shop_id")
);

-- CreateIndex
CREATE INDEX "product_shop_id_variation_id_idx" ON "product"("shop_id", "variation_id");

-- CreateIndex
CREATE INDEX "product_shop_id_sku_value_idx" ON "product"("shop_id", "sku_value");

-- CreateIndex
CREATE INDEX "product_shop_id_sort_name_id_idx" ON "product"("shop_id", "sort_name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "product_shop_id_product_id_variation_id_key" ON "product"("shop_id", "product_id", "variation_id");

-- CreateIndex
CREATE INDEX "product_word_shop_id_product_id_idx" ON "product_word"("shop_id", "product_id");

-- AddForeignKey
ALTER TABLE "product" ADD CONSTRAINT "product_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalogue_read" ADD CONSTRAINT "catalogue_read_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "shop" ADD CONSTRAINT "shop_credits_key" CHECK (credits_key <> '');

ALTER TABLE "product" ADD CONSTRAINT "product_proposes" CHECK (
  proposed_units IS NULL OR (proposed_units > 0 AND proposal IS NOT NULL));

ALTER TABLE "catalogue_read" ADD CONSTRAINT "catalogue_read_goes_on" CHECK (page >= 0 AND found >= 0);

-- A product's deletion carries only its id, like that of an order: each counts.
DROP INDEX "delivery_once";
CREATE UNIQUE INDEX "delivery_once" ON "delivery" (shop_id, topic, body_hash)
  WHERE topic NOT IN ('order.deleted', 'order.restored', 'product.deleted', 'product.restored');

-- Whether customers can buy what a package names: 'on_sale', 'unpublished', 'gone'; null while the shop's products were never read
-- to their end, when nothing can be told.
CREATE FUNCTION package_in_shop(p_shop bigint, p_kind text, p_value text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN NOT EXISTS (SELECT FROM catalogue_read WHERE shop_id = p_shop AND complete_at IS NOT NULL) THEN NULL
    WHEN bool_or(gone_at IS NULL AND published) THEN 'on_sale'
    WHEN bool_or(gone_at IS NULL) THEN 'unpublished'
    ELSE 'gone'
  END
  FROM (
    SELECT published, gone_at FROM product WHERE p_kind = 'variation' AND shop_id = p_shop AND variation_id = p_value
    UNION ALL
    SELECT published, gone_at FROM product WHERE p_kind = 'product' AND shop_id = p_shop AND product_id = p_value
    UNION ALL
    SELECT published, gone_at FROM product
    WHERE p_kind = 'sku' AND right(p_value, 1) <> '*' AND shop_id = p_shop AND sku_value = p_value
    UNION ALL
    SELECT published, gone_at FROM product
    WHERE p_kind = 'sku' AND right(p_value, 1) = '*' AND shop_id = p_shop
      AND sku_value >= left(p_value, -1) AND sku_value < left(p_value, -1) || chr(1114111)
    UNION ALL
    SELECT published, gone_at FROM product WHERE p_kind = 'category' AND shop_id = p_shop AND p_value = ANY (categories)
  ) sold
$$;
