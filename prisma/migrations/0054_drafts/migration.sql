-- What an agent is writing on a ticket, kept by itself (src/domain/drafts/README.md).
CREATE TABLE "draft" (
    "shop_id" BIGINT NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "agent_id" BIGINT NOT NULL,
    "channel" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    -- The idempotency key under which it will be sent; once that is used the draft counts as sent, whoever removes the row.
    "form_key" TEXT NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "draft_pkey" PRIMARY KEY ("shop_id", "ticket_id", "agent_id")
);
ALTER TABLE "draft" ADD CONSTRAINT "draft_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "draft" ADD CONSTRAINT "draft_shop_id_agent_id_fkey" FOREIGN KEY ("shop_id", "agent_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Files that wait to be sent. Their bytes are blobs; sending names the blobs again, in "attachment".
CREATE TABLE "draft_file" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "agent_id" BIGINT NOT NULL,
    "form_key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "blob" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    -- Kept for a while after it was sent, so that the same form sent again names the same files.
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "draft_file_pkey" PRIMARY KEY ("shop_id", "id"),
    CONSTRAINT "draft_file_size" CHECK (size > 0)
);
CREATE INDEX "draft_file_shop_id_ticket_id_agent_id_idx" ON "draft_file"("shop_id", "ticket_id", "agent_id");
CREATE INDEX "draft_file_blob_idx" ON "draft_file"("blob");
CREATE INDEX "draft_file_at_idx" ON "draft_file"("at");
ALTER TABLE "draft_file" ADD CONSTRAINT "draft_file_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "draft_file" ADD CONSTRAINT "draft_file_shop_id_agent_id_fkey" FOREIGN KEY ("shop_id", "agent_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
