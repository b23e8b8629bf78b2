-- Acts on tickets by hand, each of which can be taken back.

-- What an act changed: for each ticket how it stood before and after. Kept for the days in which it can be taken back.
CREATE TABLE "ticket_act" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "actor" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "tickets" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "ticket_act_pkey" PRIMARY KEY ("shop_id", "id")
);
CREATE INDEX "ticket_act_at" ON "ticket_act" (at);

-- The tags that a shop uses, to choose from.
CREATE TABLE "shop_tag" (
    "shop_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_tag_pkey" PRIMARY KEY ("shop_id", "name")
);

-- Addresses whose mails are spam until somebody takes that back.
CREATE TABLE "spam_sender" (
    "shop_id" BIGINT NOT NULL,
    "address" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "spam_sender_pkey" PRIMARY KEY ("shop_id", "address")
);

-- All that an act by hand may change, and by which is told whether anybody changed the ticket since.
CREATE FUNCTION ticket_state(t ticket) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('status', t.status, 'assignee', t.assignee_id, 'tags', t.tags, 'snoozedUntil', t.snoozed_until,
    'waitingSince', t.waiting_since, 'dueAt', t.due_at, 'firstResponseAt', t.first_response_at, 'mergedInto', t.merged_into,
    'activityAt', t.activity_at, 'lastMessageId', t.last_message_id, 'lastChannel', t.last_channel, 'preview', t.preview)
$$;
