-- Answers that are written once and used often (src/domain/saved-replies/README.md).
CREATE TABLE "saved_reply" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    -- Whose it is; null: everybody's of the shop.
    "owner_id" BIGINT,
    "folder" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    -- By language: {"en": "Hello {{customer.name}}", "sl": "…"}.
    "texts" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saved_reply_pkey" PRIMARY KEY ("shop_id", "id"),
    CONSTRAINT "saved_reply_texts" CHECK (jsonb_typeof(texts) = 'object' AND texts <> '{}')
);
CREATE INDEX "saved_reply_shop_id_owner_id_idx" ON "saved_reply"("shop_id", "owner_id");
ALTER TABLE "saved_reply" ADD CONSTRAINT "saved_reply_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "saved_reply" ADD CONSTRAINT "saved_reply_shop_id_owner_id_fkey" FOREIGN KEY ("shop_id", "owner_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
