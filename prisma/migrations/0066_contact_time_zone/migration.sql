-- The clock of the browser with which somebody last opened their private page: an IANA name. Null until then.
ALTER TABLE "authorised_contact" ADD COLUMN "time_zone" TEXT;
