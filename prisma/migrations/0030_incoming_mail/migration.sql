-- Mail that comes in (src/domain/mail/README.md).

-- Every mail as it came, kept before it is understood. Whose it is turns out later, so its shop is no part of the key.
CREATE TABLE "incoming_mail" (
    "id" BIGSERIAL NOT NULL,
    "door" TEXT NOT NULL,
    "door_key" TEXT NOT NULL,
    "blob" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "envelope_from" TEXT,
    "envelope_to" TEXT[] NOT NULL,
    "authentication" JSONB,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "verdict" TEXT,
    "reason" TEXT,
    "sender" TEXT,
    "subject" TEXT,
    "shop_id" BIGINT,
    "ticket_id" BIGINT,
    "message_id" BIGINT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),
    -- When the raw mail was removed, because its retention was over.
    "purged_at" TIMESTAMPTZ(3),

    CONSTRAINT "incoming_mail_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "incoming_mail_state" CHECK (state IN ('pending', 'processed', 'ignored', 'held', 'failed')),
    CONSTRAINT "incoming_mail_outcome" CHECK ((state = 'pending') = (processed_at IS NULL))
);

-- A door that tells of a mail again, after a crash or a reconnect, tells of the same one.
CREATE UNIQUE INDEX "incoming_mail_door_door_key_key" ON "incoming_mail"("door", "door_key");
CREATE INDEX "incoming_mail_shop_id_id_idx" ON "incoming_mail"("shop_id", "id");
CREATE INDEX "incoming_mail_unsettled" ON "incoming_mail" (id) WHERE state IN ('pending', 'held', 'failed');
CREATE INDEX "incoming_mail_kept" ON "incoming_mail" (received_at) WHERE purged_at IS NULL;

-- What a mail brought besides its text. The bytes lie in the blob store.
CREATE TABLE "attachment" (
    "shop_id" BIGINT NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "message_id" BIGINT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "blob" TEXT NOT NULL,
    "content_id" TEXT,
    "inline" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "attachment_pkey" PRIMARY KEY ("shop_id", "ticket_id", "message_id", "position")
);

ALTER TABLE "attachment" ADD CONSTRAINT "attachment_shop_id_ticket_id_message_id_fkey" FOREIGN KEY ("shop_id", "ticket_id", "message_id") REFERENCES "message"("shop_id", "ticket_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX "attachment_blob_idx" ON "attachment"("blob");

ALTER TABLE "message"
  -- What the writer quoted of earlier mails, split off from the body.
  ADD COLUMN "quoted" TEXT,
  -- The mail's own HTML, sanitised; null where there was none.
  ADD COLUMN "html" TEXT,
  -- The Message-ID that the writer's program gave, without angle brackets: what an answer refers to.
  ADD COLUMN "mail_id" TEXT;
