-- Links with which the first shop and its owner are made (src/domain/first-start/README.md). Kept as hashes; none is left once there is
-- a shop.
CREATE TABLE "first_start_link" (
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "first_start_link_pkey" PRIMARY KEY ("token_hash")
);
