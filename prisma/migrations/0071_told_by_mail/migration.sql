-- Whoever sits at the desk all day is told by the browser and wants no mail beside it.
ALTER TABLE "agent" ADD COLUMN "told_by_mail" BOOLEAN NOT NULL DEFAULT true;
