-- All tickets of an agent, whatever their state: programs ask for them by GET tickets?assignee=. ticket_mine holds only those that are
-- worked on, so that the desk's view of them passes over no history.
CREATE INDEX "ticket_assigned" ON "ticket" (shop_id, assignee_id, activity_at DESC, id DESC) WHERE assignee_id IS NOT NULL;
