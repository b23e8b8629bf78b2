-- The last test of the way back: a mail from a shop to its own address, and when it came in again (src/domain/setup/mail-round.ts).
CREATE TABLE "mail_round" (
    "shop_id" BIGINT NOT NULL,
    -- By which it is known when it comes back.
    "message_id" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    -- Why the mail server did not take it, in its words.
    "problem" TEXT,
    "back_at" TIMESTAMPTZ(3),
    -- imap or smtp.
    "door" TEXT,

    CONSTRAINT "mail_round_pkey" PRIMARY KEY ("shop_id")
);
ALTER TABLE "mail_round" ADD CONSTRAINT "mail_round_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
