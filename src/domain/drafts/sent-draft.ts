/** Of a row d of draft: once a message was made under its key it was sent, though the row may still be there. */
export const draftIsSentSql = `
  exists (select from operation_key k
    where k.shop_id = d.shop_id and k.operation in ('reply', 'work', 'work_offer') and k.key = d.form_key)
  or exists (select from message n where n.shop_id = d.shop_id and n.provider_id = 'note:' || d.ticket_id || ':' || d.form_key)`
