-- Whether a mailbox can be read now, for the page of channels. A mailbox with a wrong password has been read to nowhere yet.
ALTER TABLE "mailbox"
    ALTER COLUMN "uid_validity" DROP NOT NULL,
    ALTER COLUMN "last_uid" DROP NOT NULL,
    ALTER COLUMN "synced_at" DROP NOT NULL,
    ADD COLUMN "problem" TEXT,
    ADD COLUMN "problem_since" TIMESTAMPTZ(3),
    ADD CONSTRAINT "mailbox_position_whole" CHECK (("uid_validity" IS NULL) = ("last_uid" IS NULL)),
    ADD CONSTRAINT "mailbox_problem_dated" CHECK (("problem" IS NULL) = ("problem_since" IS NULL));
