-- People of an account: the buyer and the authorised contacts (src/domain/customers/README.md).
CREATE TABLE "authorised_contact" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "customer_id" BIGINT NOT NULL,
    "buyer" BOOLEAN NOT NULL DEFAULT false,
    "owner" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL DEFAULT '',
    "email" TEXT,
    "phone" TEXT,
    "may_see_statement" BOOLEAN NOT NULL DEFAULT false,
    "link_version" INTEGER NOT NULL DEFAULT 1,
    "confirmed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "authorised_contact_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateIndex
CREATE INDEX "authorised_contact_shop_id_customer_id_id_idx" ON "authorised_contact"("shop_id", "customer_id", "id");

-- AddForeignKey
ALTER TABLE "authorised_contact" ADD CONSTRAINT "authorised_contact_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "ticket" ADD COLUMN "requester_id" BIGINT;

-- No index goes with it: each reply would have to keep it, and the tickets of a person are found by the customer's.
-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_shop_id_requester_id_fkey" FOREIGN KEY ("shop_id", "requester_id") REFERENCES "authorised_contact"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- No foreign key: its check would run for each reply too, which names nobody. Contacts are never deleted.
ALTER TABLE "message" ADD COLUMN "contact_id" BIGINT;

ALTER TABLE "authorised_contact"
  ADD CONSTRAINT "authorised_contact_owner" CHECK (NOT (owner AND removed_at IS NOT NULL)),
  -- The buyer's name and addresses are the customer's; of the others at least one address says who writes.
  ADD CONSTRAINT "authorised_contact_address" CHECK (CASE WHEN buyer THEN email IS NULL AND phone IS NULL
    ELSE removed_at IS NOT NULL OR (name <> '' AND (email IS NOT NULL OR phone IS NOT NULL)) END);

CREATE UNIQUE INDEX "authorised_contact_one_owner" ON "authorised_contact" (shop_id, customer_id) WHERE owner;
CREATE UNIQUE INDEX "authorised_contact_one_buyer" ON "authorised_contact" (shop_id, customer_id) WHERE buyer;
-- Of one account an address names one person; they serve the search by address too.
CREATE UNIQUE INDEX "authorised_contact_email" ON "authorised_contact" (shop_id, email, customer_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX "authorised_contact_phone" ON "authorised_contact" (shop_id, phone, customer_id) WHERE removed_at IS NULL;

-- Every customer has a buyer from the beginning, whatever made the customer.
CREATE FUNCTION add_buyer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO authorised_contact (shop_id, customer_id, buyer, owner, may_see_statement, confirmed_at, created_at)
  VALUES (NEW.shop_id, NEW.id, true, true, true, NEW.created_at, NEW.created_at);
  RETURN NULL;
END $$;

CREATE TRIGGER customer_buyer AFTER INSERT ON "customer" FOR EACH ROW EXECUTE FUNCTION add_buyer();

INSERT INTO authorised_contact (shop_id, customer_id, buyer, owner, may_see_statement, confirmed_at, created_at)
SELECT shop_id, id, true, true, true, created_at, created_at FROM customer ORDER BY shop_id, id;

-- Until now nobody but the buyer wrote.
UPDATE message m SET contact_id = b.id
FROM ticket t, authorised_contact b
WHERE m.direction = 'inbound' AND t.shop_id = m.shop_id AND t.id = m.ticket_id
  AND b.shop_id = t.shop_id AND b.customer_id = t.customer_id AND b.buyer;

-- Who had asked when something on a ticket was charged: the writer of the newest message that came in before. Null: nobody
-- in particular. Derived, so that a reply writes nothing for it; messages are never renumbered, so it never changes.
CREATE FUNCTION asker_before(p_shop bigint, p_ticket bigint, p_message bigint, p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT contact_id FROM message
  WHERE shop_id = p_shop AND ticket_id = p_ticket AND id < p_message AND created_at <= p_at AND direction = 'inbound'
  ORDER BY id DESC LIMIT 1
$$;

-- What each person of an account wrote, got and cost, p_from <= at < p_to; the row without an id is nobody in particular.
-- `units` is what the ledger says: spent and posted less what failed or contested charges gave back, each at its own time.
CREATE FUNCTION contact_tally(p_shop bigint, p_customer bigint, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (contact_id bigint, written int, emails int, texts int, whatsapps int, portals int, work_minutes int, video_seconds int, units bigint)
LANGUAGE sql STABLE AS $$
  WITH talk AS (
    SELECT CASE m.direction WHEN 'inbound' THEN m.contact_id ELSE asker_before(p_shop, m.ticket_id, m.id, 'infinity') END AS person,
      m.direction, m.channel, CASE m.channel WHEN 'work' THEN (m.data ->> 'minutes')::int ELSE 0 END AS minutes
    FROM ticket t JOIN message m ON m.shop_id = t.shop_id AND m.ticket_id = t.id
    WHERE t.shop_id = p_shop AND t.customer_id = p_customer AND t.activity_at >= p_from
      AND m.created_at >= p_from AND m.created_at < p_to
      AND (m.direction = 'inbound'
        OR (m.direction = 'outbound' AND m.author_kind = 'agent' AND m.template IS NULL AND m.state <> 'failed'))
  ), calls AS (
    SELECT asker_before(p_shop, s.ticket_id, 9223372036854775807, s.opened_at) AS person, s.actual_seconds
    FROM ticket t JOIN session s ON s.shop_id = t.shop_id AND s.ticket_id = t.id
    WHERE t.shop_id = p_shop AND t.customer_id = p_customer AND t.activity_at >= p_from
      AND s.ended_at >= p_from AND s.ended_at < p_to
  ), charges AS (
    -- A cause's id has the form of its kind, and only CASE keeps PostgreSQL from casting one kind's id as another's.
    SELECT CASE e.cause_kind
      WHEN 'message' THEN asker_before(p_shop, split_part(e.cause_id, ':', 1)::bigint, split_part(e.cause_id, ':', 2)::bigint, 'infinity')
      WHEN 'session' THEN (SELECT asker_before(p_shop, s.ticket_id, 9223372036854775807, s.opened_at) FROM session s
        WHERE s.shop_id = p_shop AND s.id = e.cause_id::bigint) END AS person, e.consumed
    FROM ledger_entry e
    -- What a settlement gives back to its payer is a `reverse` too, but nobody was answered for it.
    WHERE e.shop_id = p_shop AND e.customer_id = p_customer AND e.at >= p_from AND e.at < p_to
      AND (e.kind IN ('spend', 'post') OR (e.kind = 'reverse' AND e.key LIKE 'message:%'))
  ), summed AS (
    SELECT person, (direction = 'inbound')::int AS written, (direction = 'outbound' AND channel = 'email')::int AS emails,
      (direction = 'outbound' AND channel = 'sms')::int AS texts, (direction = 'outbound' AND channel = 'whatsapp')::int AS whatsapps,
      (direction = 'outbound' AND channel = 'portal')::int AS portals, minutes, 0 AS seconds, 0::bigint AS units FROM talk
    UNION ALL SELECT person, 0, 0, 0, 0, 0, 0, actual_seconds, 0 FROM calls
    UNION ALL SELECT person, 0, 0, 0, 0, 0, 0, 0, consumed FROM charges
  )
  -- A ticket may have come from another account, whose people are nobody here.
  SELECT a.id, sum(s.written)::int, sum(s.emails)::int, sum(s.texts)::int, sum(s.whatsapps)::int, sum(s.portals)::int,
    sum(s.minutes)::int, sum(s.seconds)::int, sum(s.units)::bigint
  FROM summed s LEFT JOIN authorised_contact a ON a.shop_id = p_shop AND a.customer_id = p_customer AND a.id = s.person
  GROUP BY a.id
$$;

-- For a merge of customers: the people of p_from come to p_to, which keeps its buyer and owner. The buyer of p_from was the same
-- customer, so what that person wrote becomes what p_to's buyer wrote. Of two people with one address p_to's stays. Call it after
-- the tickets have moved, in the same transaction.
CREATE FUNCTION merge_people(p_shop bigint, p_from bigint, p_to bigint, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  old_buyer bigint; new_buyer bigint; twin record;
BEGIN
  SELECT id INTO old_buyer FROM authorised_contact WHERE shop_id = p_shop AND customer_id = p_from AND buyer;
  SELECT id INTO new_buyer FROM authorised_contact WHERE shop_id = p_shop AND customer_id = p_to AND buyer;
  FOR twin IN
    SELECT old_buyer AS old_id, new_buyer AS new_id
    UNION ALL
    SELECT a.id, min(b.id) FROM authorised_contact a
    JOIN authorised_contact b ON b.shop_id = p_shop AND b.customer_id = p_to AND b.removed_at IS NULL AND (b.email = a.email OR b.phone = a.phone)
    WHERE a.shop_id = p_shop AND a.customer_id = p_from AND a.removed_at IS NULL AND NOT a.buyer
    GROUP BY a.id
  LOOP
    UPDATE message m SET contact_id = twin.new_id FROM ticket t
    WHERE t.shop_id = p_shop AND t.customer_id IN (p_from, p_to) AND m.shop_id = p_shop AND m.ticket_id = t.id AND m.contact_id = twin.old_id;
    UPDATE ticket SET requester_id = twin.new_id
    WHERE shop_id = p_shop AND customer_id IN (p_from, p_to) AND requester_id = twin.old_id;
    UPDATE authorised_contact SET owner = false, removed_at = coalesce(removed_at, p_at) WHERE shop_id = p_shop AND id = twin.old_id;
  END LOOP;
  UPDATE authorised_contact SET customer_id = p_to, owner = false WHERE shop_id = p_shop AND customer_id = p_from AND NOT buyer;
END $$;
