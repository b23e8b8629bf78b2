-- To whom a mail belongs (src/domain/mail/README.md).

ALTER TABLE "shop"
  -- The shop's own address for mail; null: the one of MAIL_FROM. Mail to it that nobody is known by belongs to this shop.
  ADD COLUMN "mail_address" TEXT,
  -- Whether a mail that only thanks opens a closed ticket again.
  ADD COLUMN "thanks_reopen" BOOLEAN NOT NULL DEFAULT false,
  ADD CONSTRAINT "shop_mail_address_lower" CHECK (mail_address = lower(mail_address));

CREATE UNIQUE INDEX "shop_mail_address_key" ON "shop"("mail_address");

-- A customer who answers to a mail of their own is found by it.
CREATE INDEX "message_mail_id" ON "message" (shop_id, mail_id) WHERE mail_id IS NOT NULL;

-- Who was told today that there is no package for them: once per sender and day, whatever the number of their mails.
CREATE TABLE "no_package_answer" (
    "shop_id" BIGINT NOT NULL,
    "sender" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "no_package_answer_pkey" PRIMARY KEY ("shop_id", "sender", "day")
);

-- Addresses that a mail server refused for good; a mail from there lifts the mark.
CREATE TABLE "address_flag" (
    "shop_id" BIGINT NOT NULL,
    "address" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "address_flag_pkey" PRIMARY KEY ("shop_id", "address")
);

-- How much of one sender came in lately, for the brake on loops.
CREATE INDEX "incoming_mail_sender" ON "incoming_mail" (sender, received_at) WHERE sender IS NOT NULL;
