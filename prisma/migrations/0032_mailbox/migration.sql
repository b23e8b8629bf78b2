-- How far a mailbox has been read, so that after a crash or a reconnect nothing is left out and little is told twice.
CREATE TABLE "mailbox" (
    "name" TEXT NOT NULL,
    -- A new value means that the server has numbered its mails anew.
    "uid_validity" BIGINT NOT NULL,
    -- Every mail up to this one is kept here.
    "last_uid" BIGINT NOT NULL,
    "synced_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mailbox_pkey" PRIMARY KEY ("name")
);
