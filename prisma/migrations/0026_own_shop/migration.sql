-- A row cannot name a row of another shop. These ids stood without a key, so only the queries kept them in their shop; with it the
-- database does. What is left without one is written for each answer of an agent, where a key would cost a look at the agent's
-- row and a lock on it (test/isolation/schema.test.ts lists them).
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "credit_grant" ADD CONSTRAINT "credit_grant_shop_id_order_id_fkey" FOREIGN KEY ("shop_id", "order_id") REFERENCES "shop_order"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "credit_grant" ADD CONSTRAINT "credit_grant_shop_id_package_id_terms_version_fkey" FOREIGN KEY ("shop_id", "package_id", "terms_version") REFERENCES "package_terms"("shop_id", "package_id", "version") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "expiry_warning" ADD CONSTRAINT "expiry_warning_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "message" ADD CONSTRAINT "message_shop_id_contact_id_fkey" FOREIGN KEY ("shop_id", "contact_id") REFERENCES "authorised_contact"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "review" ADD CONSTRAINT "review_shop_id_order_id_fkey" FOREIGN KEY ("shop_id", "order_id") REFERENCES "shop_order"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "review" ADD CONSTRAINT "review_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "session" ADD CONSTRAINT "session_shop_id_agent_id_fkey" FOREIGN KEY ("shop_id", "agent_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "session" ADD CONSTRAINT "session_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "shop_order" ADD CONSTRAINT "shop_order_shop_id_customer_id_fkey" FOREIGN KEY ("shop_id", "customer_id") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "work_offer" ADD CONSTRAINT "work_offer_shop_id_agent_id_fkey" FOREIGN KEY ("shop_id", "agent_id") REFERENCES "agent"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "work_offer" ADD CONSTRAINT "work_offer_shop_id_ticket_id_message_id_fkey" FOREIGN KEY ("shop_id", "ticket_id", "message_id") REFERENCES "message"("shop_id", "ticket_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
