-- What owners have done of setting up that nothing else tells (src/domain/setup/read-setup.ts).
ALTER TABLE "shop"
  -- When the prices were saved, also where none was changed.
  ADD COLUMN "prices_looked_at" TIMESTAMPTZ(3),
  -- When a mail server took a test.
  ADD COLUMN "mail_tested_at" TIMESTAMPTZ(3),
  -- An owner put the list of first steps away; null: it is shown until all is done.
  ADD COLUMN "first_steps_hidden_at" TIMESTAMPTZ(3);

UPDATE shop s SET mail_tested_at = (
  SELECT max(l.at) FROM audit_log l WHERE l.shop_id = s.id AND l.action = 'channel_test'
    AND l.data ->> 'channel' = 'email' AND l.data ->> 'outcome' = 'accepted');
