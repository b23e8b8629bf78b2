-- Agents who answer from their own mailbox (src/domain/agent-mail/README.md).

ALTER TABLE "agent"
  -- mine: of tickets that are theirs; all: of those that are nobody's too; none.
  ADD COLUMN "told_of" TEXT NOT NULL DEFAULT 'all',
  -- Minutes of the shop's day between which no mail is sent to them; null: none such. The end may lie on the next day.
  ADD COLUMN "quiet_from" INTEGER,
  ADD COLUMN "quiet_until" INTEGER,
  ADD CONSTRAINT "agent_told_of" CHECK (told_of IN ('mine', 'all', 'none')),
  ADD CONSTRAINT "agent_quiet" CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)
    AND coalesce(quiet_from, 0) BETWEEN 0 AND 1439 AND coalesce(quiet_until, 0) BETWEEN 0 AND 1439);

-- Whose the ticket is; null: nobody's yet. No index goes with it: each reply would have to keep it.
ALTER TABLE "ticket" ADD COLUMN "assignee_id" BIGINT;
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_shop_id_assignee_id_fkey" FOREIGN KEY ("shop_id", "assignee_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What came by mail in an agent's name and was not acted on by itself: a person decides, once.
CREATE TABLE "held_mail" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    -- In whose name.
    "agent_id" BIGINT NOT NULL,
    "mail_id" BIGINT NOT NULL,
    "why" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    -- What it asks for: AgentOrder in src/domain/agent-mail/read-order.ts.
    "wanted" JSONB NOT NULL,
    "attachments" JSONB NOT NULL DEFAULT '[]',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "decision" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,

    CONSTRAINT "held_mail_pkey" PRIMARY KEY ("shop_id", "id"),
    CONSTRAINT "held_mail_decision" CHECK (decision IN ('sent', 'discarded') AND (decision IS NULL) = (decided_at IS NULL))
);

CREATE UNIQUE INDEX "held_mail_shop_id_mail_id_key" ON "held_mail"("shop_id", "mail_id");
CREATE INDEX "held_mail_shop_id_ticket_id_id_idx" ON "held_mail"("shop_id", "ticket_id", "id");
ALTER TABLE "held_mail" ADD CONSTRAINT "held_mail_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "held_mail" ADD CONSTRAINT "held_mail_shop_id_agent_id_fkey" FOREIGN KEY ("shop_id", "agent_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
