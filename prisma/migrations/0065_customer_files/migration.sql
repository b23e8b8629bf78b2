-- Customers attach files to what they write on their private page. Until it is sent they wait beside those of agents, with the same limits.
ALTER TABLE "draft_file"
  ALTER COLUMN "agent_id" DROP NOT NULL,
  -- Whose they are when they are not an agent's: one of the account's people.
  ADD COLUMN "contact_id" BIGINT,
  ADD CONSTRAINT "draft_file_owner" CHECK (num_nonnulls(agent_id, contact_id) = 1),
  ADD CONSTRAINT "draft_file_shop_id_contact_id_fkey" FOREIGN KEY ("shop_id", "contact_id") REFERENCES "authorised_contact"("shop_id", "id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
