-- The views of the desk: each is read by an index in its own order, so that it costs the same however much history there is. What a
-- view needs and other tables know (an account that runs low, a promise of a package) is kept on the ticket by triggers.

ALTER TABLE "shop"
  -- A ticket whose customer has fewer units left is shown under "low balance".
  ADD COLUMN "low_balance_units" BIGINT NOT NULL DEFAULT 200,
  -- Higher, and account_is_low would have to look at every payment of everybody.
  ADD CONSTRAINT "shop_low_balance" CHECK (low_balance_units BETWEEN 0 AND 1000);

ALTER TABLE "package_terms"
  -- Minutes after a customer began to wait in which the first answer is promised; null promises nothing.
  ADD COLUMN "first_response_minutes" INTEGER,
  ADD CONSTRAINT "package_terms_first_response" CHECK (first_response_minutes BETWEEN 1 AND 525600);

ALTER TABLE "ticket"
  ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "snoozed_until" TIMESTAMPTZ(3),
  -- Since when the customer waits for an answer; null while nobody does.
  ADD COLUMN "waiting_since" TIMESTAMPTZ(3),
  -- What was promised when the ticket opened, by when that is, and when it was kept or broken.
  ADD COLUMN "promised_minutes" INTEGER,
  ADD COLUMN "due_at" TIMESTAMPTZ(3),
  ADD COLUMN "first_response_at" TIMESTAMPTZ(3),
  ADD COLUMN "low_balance" BOOLEAN NOT NULL DEFAULT false,
  -- Went into that ticket; both keep their messages, and what comes to this one is told there.
  ADD COLUMN "merged_into" BIGINT,
  ADD CONSTRAINT "ticket_shop_id_merged_into_fkey" FOREIGN KEY ("shop_id", "merged_into") REFERENCES "ticket"("shop_id", "id")
    ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD CONSTRAINT "ticket_merged_away" CHECK (merged_into IS NULL OR (merged_into <> id AND status = 'closed'));

UPDATE ticket SET waiting_since = activity_at WHERE status = 'open';
UPDATE ticket t SET first_response_at = m.at FROM (
  SELECT shop_id, ticket_id, min(created_at) AS at FROM message WHERE direction = 'outbound' AND author_kind = 'agent' GROUP BY 1, 2
) m WHERE m.shop_id = t.shop_id AND m.ticket_id = t.id;
UPDATE ticket t SET low_balance = true FROM account a, shop s
WHERE a.shop_id = t.shop_id AND a.customer_id = t.customer_id AND s.id = t.shop_id AND a.available < s.low_balance_units
  AND t.status IN ('open', 'waiting', 'snoozed');

-- All tickets but spam and those that went into another.
DROP INDEX "ticket_shop_id_activity_at_id_idx";
CREATE INDEX "ticket_listed" ON "ticket" (shop_id, activity_at DESC, id DESC) WHERE status <> 'spam' AND merged_into IS NULL;
CREATE INDEX "ticket_mine" ON "ticket" (shop_id, assignee_id, activity_at DESC, id DESC)
  WHERE assignee_id IS NOT NULL AND status IN ('open', 'waiting');
CREATE INDEX "ticket_unassigned" ON "ticket" (shop_id, activity_at DESC, id DESC) WHERE assignee_id IS NULL AND status = 'open';
CREATE INDEX "ticket_low" ON "ticket" (shop_id, activity_at DESC, id DESC) WHERE low_balance;
CREATE INDEX "ticket_due" ON "ticket" (shop_id, due_at, id) WHERE due_at IS NOT NULL AND first_response_at IS NULL;
CREATE INDEX "ticket_merged" ON "ticket" (shop_id, merged_into) WHERE merged_into IS NOT NULL;
-- Of all shops: those that wake next.
CREATE INDEX "ticket_waking" ON "ticket" (snoozed_until) WHERE status = 'snoozed';

-- The shortest promise among the customer's live grants, by the terms under which each was bought.
CREATE FUNCTION promised_first_response(p_shop bigint, p_customer bigint, p_at timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT min(p.first_response_minutes)
  FROM credit_grant g
  JOIN package_terms p ON p.shop_id = g.shop_id AND p.package_id = g.package_id AND p.version = g.terms_version
  WHERE g.shop_id = p_shop AND g.customer_id = p_customer AND g.live AND (g.expires_at IS NULL OR g.expires_at > p_at)
$$;

-- Whether a ticket stands under "low balance": somebody works on it, and the customer has little left.
CREATE FUNCTION is_low(p_shop bigint, p_customer bigint, p_status text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT p_status IN ('open', 'waiting', 'snoozed') AND coalesce(
    (SELECT a.available FROM account a WHERE a.shop_id = p_shop AND a.customer_id = p_customer), 0)
    < (SELECT s.low_balance_units FROM shop s WHERE s.id = p_shop)
$$;

-- What follows from a ticket's state, whoever changes it. A promise counts from when the customer began to wait; a ticket that is
-- closed unanswered promises nothing any more, until somebody waits again.
CREATE FUNCTION ticket_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.promised_minutes := coalesce(NEW.promised_minutes, promised_first_response(NEW.shop_id, NEW.customer_id, NEW.created_at));
    NEW.low_balance := is_low(NEW.shop_id, NEW.customer_id, NEW.status);
  ELSE
    IF NEW.merged_into IS NOT NULL AND OLD.merged_into IS NOT NULL THEN
      -- Something came to a ticket that went into another: it is told there, and this one stays where it is.
      IF NEW.last_message_id > OLD.last_message_id THEN
        UPDATE ticket SET last_message_id = greatest(last_message_id, NEW.last_message_id), last_channel = NEW.last_channel,
          preview = NEW.preview, activity_at = NEW.activity_at,
          status = CASE WHEN status = 'spam' THEN status WHEN NEW.status IN ('open', 'waiting') THEN NEW.status ELSE status END
        WHERE shop_id = NEW.shop_id AND id = NEW.merged_into;
      END IF;
      NEW.status := 'closed';
    END IF;
    IF NEW.customer_id <> OLD.customer_id OR (NEW.status IN ('closed', 'spam')) <> (OLD.status IN ('closed', 'spam')) THEN
      NEW.low_balance := is_low(NEW.shop_id, NEW.customer_id, NEW.status);
    END IF;
  END IF;
  IF NEW.status <> 'snoozed' THEN NEW.snoozed_until := NULL; END IF;
  IF NEW.status = 'open' THEN
    NEW.waiting_since := coalesce(NEW.waiting_since, NEW.activity_at);
    IF NEW.first_response_at IS NULL AND NEW.due_at IS NULL AND NEW.promised_minutes IS NOT NULL THEN
      NEW.due_at := NEW.waiting_since + NEW.promised_minutes * interval '1 minute';
    END IF;
  ELSIF NEW.status = 'waiting' THEN
    NEW.waiting_since := NULL;
    NEW.first_response_at := coalesce(NEW.first_response_at, NEW.activity_at);
  ELSIF NEW.status <> 'snoozed' THEN
    NEW.waiting_since := NULL;
    IF NEW.first_response_at IS NULL THEN NEW.due_at := NULL; END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "ticket_opens" BEFORE INSERT ON "ticket" FOR EACH ROW EXECUTE FUNCTION ticket_follows();
-- Most replies are on a ticket that waits already and end here.
CREATE TRIGGER "ticket_turns" BEFORE UPDATE ON "ticket" FOR EACH ROW
  WHEN (OLD.status <> NEW.status OR OLD.customer_id <> NEW.customer_id OR (OLD.merged_into IS NOT NULL AND OLD.last_message_id <> NEW.last_message_id))
  EXECUTE FUNCTION ticket_follows();

-- Tickets follow when the account crosses the line of the shop. 1000: the highest line that a shop may draw.
CREATE FUNCTION account_is_low() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  line bigint;
BEGIN
  SELECT low_balance_units INTO line FROM shop WHERE id = NEW.shop_id;
  IF (NEW.available < line) <> (OLD.available < line) THEN
    UPDATE ticket SET low_balance = NEW.available < line
    WHERE shop_id = NEW.shop_id AND customer_id = NEW.customer_id AND status IN ('open', 'waiting', 'snoozed')
      AND low_balance <> (NEW.available < line);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "account_low" AFTER UPDATE OF available ON "account" FOR EACH ROW
  WHEN (OLD.available <> NEW.available AND least(OLD.available, NEW.available) < 1000)
  EXECUTE FUNCTION account_is_low();
