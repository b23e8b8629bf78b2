-- As in 0040, step by step: as one statement each call set up a plan of its own, which cost as much as the quote. The desk asks for four
-- or five on each page.
CREATE OR REPLACE FUNCTION quote_reply(p_shop bigint, p_ticket bigint, p_channel text, p_quantity int, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  owner bigint; p record; free_until timestamptz;
BEGIN
  SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
  IF NOT FOUND THEN RETURN NULL; END IF;
  p := plan_reply(p_shop, p_ticket, owner, p_channel, p_quantity, p_at);
  IF p.window_of IS NOT NULL THEN
    SELECT ends_at INTO free_until FROM reply_window
    WHERE shop_id = p_shop AND ticket_id = p_ticket AND channel = p_channel AND message_id = p.window_of;
  END IF;
  RETURN jsonb_build_object('code', p.code, 'price', p.price, 'payers', name_payers(p_shop, p.grants, p.parts, p.beyond),
    'priceGrant', p.price_grant, 'beyond', sum_of(p.beyond), 'freeUntil', free_until,
    'balance', account_balance(p_shop, owner, p_at));
END $$;
