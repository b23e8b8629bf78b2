-- How agents sign in (src/domain/sign-in/README.md).

ALTER TABLE "agent"
  -- argon2id in its usual form; null: they sign in by links only.
  ADD COLUMN "password_hash" TEXT,
  ADD COLUMN "password_set_at" TIMESTAMPTZ(3),
  -- Sealed. Null: no second factor.
  ADD COLUMN "totp_secret" BYTEA,
  -- The time step of the last code that was taken: neither it nor an earlier one works again.
  ADD COLUMN "totp_step" INTEGER,
  -- Since then they neither sign in nor get mail; what they did stays theirs.
  ADD COLUMN "deactivated_at" TIMESTAMPTZ(3),
  ADD CONSTRAINT "agent_password" CHECK ((password_hash IS NULL) = (password_set_at IS NULL));

-- Somebody gives an e-mail address before we know of which shop they are.
CREATE INDEX "agent_email_idx" ON "agent"("email");

-- Whether everybody of the shop needs a second factor.
ALTER TABLE "shop" ADD COLUMN "requires_second_factor" BOOLEAN NOT NULL DEFAULT false;

-- sign_in: opens the desk; password: lets choose a password, and comes by mail.
ALTER TABLE "login_link"
  ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'sign_in',
  ADD CONSTRAINT "login_link_kind" CHECK (kind IN ('sign_in', 'password'));
CREATE INDEX "login_link_shop_id_agent_id_idx" ON "login_link"("shop_id", "agent_id");

ALTER TABLE "login"
  ADD COLUMN "id" BIGSERIAL NOT NULL,
  -- "Firefox on Linux", as its browser says; and the beginning of the address.
  ADD COLUMN "device" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "address" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "seen_at" TIMESTAMPTZ(3);
CREATE UNIQUE INDEX "login_shop_id_id_key" ON "login"("shop_id", "id");
CREATE INDEX "login_shop_id_agent_id_idx" ON "login"("shop_id", "agent_id");

-- Codes that stand in for the phone, each once. The database keeps their hashes only.
CREATE TABLE "recovery_code" (
    "shop_id" BIGINT NOT NULL,
    "agent_id" BIGINT NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("shop_id", "agent_id", "code_hash")
);
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_shop_id_agent_id_fkey" FOREIGN KEY ("shop_id", "agent_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- How often something was tried lately: by account, address or both, under a hash. Of no shop: nobody is known yet.
CREATE TABLE "sign_in_try" (
    "key" BYTEA NOT NULL,
    "tries" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_try_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "sign_in_try_until_idx" ON "sign_in_try"("until");

-- What a key is for, as its maker wrote.
ALTER TABLE "api_key" ADD COLUMN "name" TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX "api_key_shop_id_id_key" ON "api_key"("shop_id", "id");
