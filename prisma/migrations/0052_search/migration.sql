-- What is found of each ticket (src/domain/tickets/search/README.md).

ALTER TABLE "ticket"
  -- Up to which message its words are in ticket_search; -1: all of it is read anew.
  ADD COLUMN "searched_message" BIGINT NOT NULL DEFAULT -1;
CREATE INDEX "ticket_searching" ON "ticket" (shop_id, id) WHERE last_message_id > searched_message;

CREATE TABLE "ticket_search" (
    "shop_id" BIGINT NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "number" INTEGER NOT NULL,
    -- Each word stands behind its shop's id ("12/printer"), so that an index over all of them is one for each shop.
    "words" TSVECTOR NOT NULL,

    CONSTRAINT "ticket_search_pkey" PRIMARY KEY ("shop_id", "ticket_id"),
    CONSTRAINT "ticket_search_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "ticket_search_shop_id_number_key" ON "ticket_search" (shop_id, number DESC);
-- Without a list of what is pending, which each search would read whole.
CREATE INDEX "ticket_search_words" ON "ticket_search" USING gin (words) WITH (fastupdate = off);

CREATE FUNCTION ticket_search_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.searched_message := -1;
  RETURN NEW;
END $$;
CREATE TRIGGER "ticket_words" BEFORE UPDATE OF subject, tags, customer_id, order_id ON "ticket" FOR EACH ROW
  WHEN (OLD.subject <> NEW.subject OR OLD.tags <> NEW.tags OR OLD.customer_id <> NEW.customer_id OR OLD.order_id IS DISTINCT FROM NEW.order_id)
  EXECUTE FUNCTION ticket_search_anew();

-- Behind the statement: one that merges tickets changes the target itself, too.
CREATE FUNCTION ticket_search_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ticket SET searched_message = -1 WHERE shop_id = NEW.shop_id AND (id = OLD.merged_into OR id = NEW.merged_into);
  RETURN NULL;
END $$;
CREATE TRIGGER "ticket_words_merged" AFTER UPDATE OF merged_into ON "ticket" FOR EACH ROW
  WHEN (OLD.merged_into IS DISTINCT FROM NEW.merged_into) EXECUTE FUNCTION ticket_search_merged();

-- A customer's tickets are found by names and addresses.
CREATE FUNCTION customer_search_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ticket SET searched_message = -1 WHERE shop_id = NEW.shop_id AND customer_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER "customer_words" AFTER UPDATE OF name, company ON "customer" FOR EACH ROW
  WHEN (OLD.name <> NEW.name OR OLD.company <> NEW.company) EXECUTE FUNCTION customer_search_anew();

CREATE FUNCTION contact_search_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    UPDATE ticket SET searched_message = -1 WHERE shop_id = NEW.shop_id AND customer_id = NEW.customer_id;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    UPDATE ticket SET searched_message = -1 WHERE shop_id = OLD.shop_id AND customer_id = OLD.customer_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "contact_words" AFTER INSERT OR DELETE OR UPDATE OF value, customer_id ON "contact" FOR EACH ROW
  EXECUTE FUNCTION contact_search_anew();

CREATE FUNCTION top_up_search_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ticket SET searched_message = -1 WHERE shop_id = NEW.shop_id AND id = NEW.ticket_id;
  RETURN NULL;
END $$;
CREATE TRIGGER "top_up_words" AFTER INSERT ON "top_up" FOR EACH ROW EXECUTE FUNCTION top_up_search_anew();
